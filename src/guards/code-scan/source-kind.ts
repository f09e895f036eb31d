import { LANGUAGES, type LanguageName } from './grammars.ts'

/** What a file is to the scan. */
export type SourceKind =
  | { readonly kind: 'code'; readonly language: LanguageName }
  | { readonly kind: 'shell' }
  | { readonly kind: 'template' }
  /** Nothing that runs. */
  | { readonly kind: 'other' }

const EXTENSIONS: Readonly<Record<string, LanguageName>> = {
  js: 'javascript',
  cjs: 'javascript',
  mjs: 'javascript',
  jsx: 'javascript',
  es6: 'javascript',
  ts: 'typescript',
  cts: 'typescript',
  mts: 'typescript',
  tsx: 'tsx',
  py: 'python',
  pyw: 'python',
  pyi: 'python',
  go: 'go',
  java: 'java',
  cs: 'csharp',
  rb: 'ruby',
  rake: 'ruby',
  gemspec: 'ruby',
  ru: 'ruby',
  php: 'php',
  php3: 'php',
  php4: 'php',
  php5: 'php',
  php7: 'php',
  php8: 'php',
  phar: 'php',
  pht: 'php',
  phtml: 'php',
  inc: 'php',
}

const NAMES: Readonly<Record<string, LanguageName>> = {
  Rakefile: 'ruby',
  Gemfile: 'ruby',
  Vagrantfile: 'ruby',
}
const ALIASES: Readonly<Record<string, LanguageName>> = {
  js: 'javascript',
  jsx: 'javascript',
  ts: 'typescript',
  py: 'python',
  rb: 'ruby',
  golang: 'go',
  node: 'javascript',
  deno: 'typescript',
  bun: 'typescript',
  'ts-node': 'typescript',
  python3: 'python',
}
const SHELL =
  /\.(?:sh|bash|zsh|ksh|dash)$|(?:^|\/)(?:\.(?:bashrc|profile|zshrc|bash_profile)|(?:Docker|Container)file[^/]*)$|\.dockerfile$/i
const TEMPLATE =
  /\.(?:html?|ejs|hbs|handlebars|mustache|vue|svelte|erb|rhtml|cshtml|razor|jspx?|njk|twig|j2|jinja2?|blade\.php)$/i
/** Linux reads so much of the line. */
const LONGEST_SHEBANG = 256
const SHEBANG = /^#![^\n]{0,256}\b(node|deno|bun|tsx|ts-node|python[\d.]*|ruby|php|sh|bash|zsh|dash|ksh)\b/

/** What a file is, by its name, or by its first line where the name says nothing. */
export function sourceKind(path: string, text = ''): SourceKind {
  const name = path.split('/').at(-1) ?? ''
  if (SHELL.test(path)) return { kind: 'shell' }
  if (TEMPLATE.test(name)) return { kind: 'template' }
  const language = EXTENSIONS[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? NAMES[name]
  if (language !== undefined && (name.includes('.') || NAMES[name] !== undefined))
    return { kind: 'code', language }
  const program = SHEBANG.exec(text.slice(0, LONGEST_SHEBANG))?.[1]?.replace(/[\d.]{1,12}$/, '')
  if (program === undefined) return { kind: 'other' }
  const run = languageNamed(program)
  return run === undefined ? { kind: 'shell' } : { kind: 'code', language: run }
}

/** The language somebody names (`py`, `TypeScript`). */
export function languageNamed(name: string): LanguageName | undefined {
  const lower = name.toLowerCase()
  return LANGUAGES.find((language) => language === lower) ?? ALIASES[lower]
}

/** The end of a name by which the scan knows the language that somebody names. */
export function extensionOf(name: string): string | undefined {
  const language = languageNamed(name)
  return Object.entries(EXTENSIONS).find(([, known]) => known === language)?.[0]
}

const NOT_OURS =
  /(?:^|\/)(?:node_modules|bower_components|vendor|third[_-]party|dist|build|out|target|\.git|\.venv|venv|site-packages|__pycache__|coverage|\.next|\.nuxt|Pods)\//
const LOCK =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|composer\.lock|Gemfile\.lock|poetry\.lock|Cargo\.lock|go\.sum|uv\.lock)$/

/** Why a file of a whole tree is left out; undefined when it is not. */
export function leftOut(path: string): 'vendored' | 'lockfile' | 'minified' | undefined {
  if (LOCK.test(path)) return 'lockfile'
  if (/[.-]min\.(?:js|mjs|css)$/.test(path)) return 'minified'
  return NOT_OURS.test(path) ? 'vendored' : undefined
}

/** Test code is meant to hold passwords, hashes and randomness of its own. */
export function isTestPath(path: string): boolean {
  return /(?:^|\/)(?:tests?|__tests__|specs?|testdata|fixtures|__mocks__|mocks|e2e|testing|examples?)\/|[._-](?:test|spec)s?\.[cm]?[jt]sx?$|(?:^|\/)test_[^/]*\.py$|_(?:test|spec)\.(?:go|py|rb)$|(?:Test|Tests|IT|Spec)\.(?:java|kt|php)$|(?:^|\/)conftest\.py$/.test(
    path,
  )
}

/** Where the words of a surface are translated: `password` is a word there, and what stands beside it as well. */
export function isTranslationPath(path: string): boolean {
  return /(?:^|\/)(?:langs?|languages?|locales?|locali[sz]ations?|i18n|l10n|translations?)\//.test(path)
}

/** A text that a program wrote for programs: nobody reads it, and to follow values in it takes long. */
export function isMinified(text: string): boolean {
  if (text.length < 4_000) return false
  let lines = 1
  let longest = 0
  let from = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
    longest = Math.max(longest, at - from)
    from = at + 1
    lines++
  }
  longest = Math.max(longest, text.length - from)
  return text.length / lines > 300 && longest > 2_000
}
