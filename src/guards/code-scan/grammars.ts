import { createRequire } from 'node:module'
import { ADDED_GRAMMARS, grammarPackage } from './added-grammars.ts'
import { CSHARP } from './syntax/csharp.ts'
import { GO } from './syntax/go.ts'
import { JAVA } from './syntax/java.ts'
import { JAVASCRIPT } from './syntax/javascript.ts'
import { PHP } from './syntax/php.ts'
import { PYTHON } from './syntax/python.ts'
import type { Grammar } from './syntax/reader.ts'
import { RUBY } from './syntax/ruby.ts'
import type { Syntax } from './syntax/tree.ts'

export const LANGUAGES = [
  'javascript',
  'typescript',
  'tsx',
  'python',
  'go',
  'java',
  'csharp',
  'ruby',
  'php',
] as const
export type LanguageName = (typeof LANGUAGES)[number]

interface Parsing {
  readonly grammar: Grammar
  /** What ast-grep calls it. */
  readonly parser: string
  /** The folder its rules stand in. */
  readonly rules: string
}

const PARSINGS: Readonly<Record<LanguageName, Parsing>> = {
  javascript: { grammar: JAVASCRIPT, parser: 'JavaScript', rules: 'javascript' },
  typescript: { grammar: JAVASCRIPT, parser: 'TypeScript', rules: 'javascript' },
  tsx: { grammar: JAVASCRIPT, parser: 'Tsx', rules: 'javascript' },
  python: { grammar: PYTHON, parser: 'python', rules: 'python' },
  go: { grammar: GO, parser: 'go', rules: 'go' },
  java: { grammar: JAVA, parser: 'java', rules: 'java' },
  csharp: { grammar: CSHARP, parser: 'csharp', rules: 'csharp' },
  ruby: { grammar: RUBY, parser: 'ruby', rules: 'ruby' },
  php: { grammar: PHP, parser: 'php', rules: 'php' },
}

interface AstGrep {
  parse(language: string, text: string): { root(): Syntax }
  registerDynamicLanguage(languages: Record<string, object>): void
}

const require = createRequire(import.meta.url)
let astGrep: AstGrep | undefined

export function parsingOf(language: LanguageName): Parsing {
  return PARSINGS[language]
}

/** The syntax tree of a text. The parser is loaded with the first text. */
export function parseText(language: LanguageName, text: string): Syntax {
  astGrep ??= load()
  return astGrep.parse(PARSINGS[language].parser, text).root()
}

/** All grammars in one call: ast-grep takes only the first. */
function load(): AstGrep {
  const loaded: AstGrep = require('@ast-grep/napi')
  loaded.registerDynamicLanguage(
    Object.fromEntries(
      ADDED_GRAMMARS.map((name) => {
        const { libraryPath, extensions, languageSymbol, expandoChar } = require(grammarPackage(name))
        return [name, { libraryPath, extensions, languageSymbol, expandoChar }]
      }),
    ),
  )
  return loaded
}
