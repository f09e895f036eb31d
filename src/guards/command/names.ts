import { MAKE_FUNCTIONS } from './makefile.ts'
import type { Argument } from './reading.ts'
import { literalArgument } from './reading.ts'

/** Variables that hold a tool by everybody's custom: `$CC`, `$PYTHON`, `$EDITOR`. */
const TOOLS = new Set(
  `PYTHON PYTHON3 PY PIP NODE NPM NPX YARN PNPM BUN DENO GO CARGO RUSTC CC CXX CPP LD AR AS NM OBJCOPY STRIP RANLIB MAKE
  CMAKE NINJA EDITOR VISUAL PAGER BROWSER JAVA JAVAC MVN GRADLE RUBY GEM BUNDLE PERL PHP COMPOSER GIT DOCKER KUBECTL HELM
  SED AWK GREP FIND TAR INSTALL LN MKDIR CP MV CAT ECHO CURL WGET SUDO npm_execpath npm_node_execpath`
    .split(/\s+/)
    .filter(Boolean),
)

export type NameOf =
  | { readonly kind: 'plain' }
  /** Known only when it runs, and nothing about it says that it is a tool. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'trick'; readonly what: string }
  /** Another word names it: `$(which python3)`. */
  | { readonly kind: 'other'; readonly name: Argument }

/** How much the first word of a command says about the program it runs; `nested` where it stands in a script inside words. */
export function nameOf(program: Argument, nested: boolean): NameOf {
  if (program.trick !== undefined) return { kind: 'trick', what: program.trick }
  if (program.literal) return { kind: 'plain' }
  const { text } = program
  if (!program.opaque)
    return isHiddenPattern(text) ? { kind: 'trick', what: 'is spelled as a pattern' } : { kind: 'plain' }
  // `${CROSS}gcc`, and `$(Q)rm` of a makefile, where the variable is empty or says `@`.
  const [, behind] = /^(?:\$\{[A-Za-z]\w*\})+([A-Za-z][\w+-]*)$/.exec(text) ?? []
  if (behind !== undefined && program.variables?.some((name) => name.length > 1 || /[A-Z]/.test(name)))
    return { kind: 'other', name: literalArgument(behind) }
  if (/^\$\{?SHELL\}?$/.test(text)) return { kind: 'other', name: literalArgument('sh') }
  const last = text.slice(text.lastIndexOf('/') + 1)
  if (last !== text && /^[\w.+-]+$/.test(last)) return { kind: 'plain' }
  if (/^(\.{0,2}|[\w.-]+|~)\//.test(text)) return { kind: 'plain' }
  return program.substitutions.length > 0 ? printedName(program) : variableName(program, nested)
}

/** `$(which python3)` says it as plainly as `python3`. */
function printedName(program: Argument): NameOf {
  const found = program.substitutions.length === 1 ? program.substitutions[0] : undefined
  if (found && ['which', 'command', 'type', 'whence'].includes(found.name)) {
    const name = found.args.find((word) => !word.text.startsWith('-'))
    if (name) return { kind: 'other', name }
  }
  if (found?.via.includes('command') || found?.args.some(({ text }) => text === 'which'))
    return { kind: 'plain' }
  if (found && MAKE_FUNCTIONS.has(found.name)) return { kind: 'plain' }
  return { kind: 'unknown' }
}

/** A variable that nothing in the text sets comes from who runs it: `$PYTHON`, `$npm_execpath`, `"$@"`. */
function variableName({ text, variables }: Argument, nested: boolean): NameOf {
  const [variable = ''] = variables ?? []
  const isParameter = /^\$\{?([@*#]|\d)/.test(text) || variable.endsWith('[]')
  if (nested) return TOOLS.has(variable) || isParameter ? { kind: 'plain' } : { kind: 'unknown' }
  return isParameter || variables?.some(({ length }) => length > 1) ? { kind: 'plain' } : { kind: 'unknown' }
}

/** A pattern in the directories or for single letters finds a program without naming it. */
function isHiddenPattern(text: string): boolean {
  const end = text.lastIndexOf('/')
  if (/[?[]/.test(text)) return true
  return text.startsWith('/') && text.slice(end + 1).includes('*')
}

/** `c''at`, `w"h"o`, `c\\at`: quotes that change nothing but how it looks. A first backslash only goes around an alias. */
export function isBrokenUp(name: string): boolean {
  if (/\w\\\n\w/.test(name.slice(0, 200))) return true
  if (!/^[\w'"\\./-]{2,80}$/.test(name) || WINDOWS_PATH.test(name)) return false
  // Scripts of Python begin with `'''exec'`, which both languages read.
  if (name.startsWith("'''")) return false
  return /[\w/]\\\w/.test(name) || (/['"]/.test(name) && !/^(['"])[\w.-]*\1$/.test(name))
}

/** `.\\script\\sign`, `venv\\Scripts\\activate`, `tools\\a.exe`: paths of another system. */
const WINDOWS_PATH =
  /^(\.{1,2}\\|[A-Za-z]:\\|(\.?venv|env|node_modules|bin|build|scripts?|tools|vendor|target|dist)\\)[\w.\\-]+$|\.(exe|cmd|bat|ps1)$/i
