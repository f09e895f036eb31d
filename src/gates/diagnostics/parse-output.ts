import type { GateDefinition } from '#contract/project-file.ts'
import { parseBiome, recognisesBiome } from './biome.ts'
import { parseCargo, recognisesCargo } from './cargo.ts'
import { parseEslint, recognisesEslint } from './eslint.ts'
import type { Finding, Parser } from './finding.ts'
import { parseGo, recognisesGo } from './go.ts'
import { parseJest, recognisesJest } from './jest.ts'
import { parseMocha, recognisesMocha } from './mocha.ts'
import { parseMypy, recognisesMypy } from './mypy.ts'
import { parseNodeTest, recognisesNodeTest } from './node-test.ts'
import type { PlainOutput } from './plain-output.ts'
import { parseProblemMatcher } from './problem-matcher.ts'
import { parsePytest, recognisesPytest } from './pytest.ts'
import { parseRuff, recognisesRuff } from './ruff.ts'
import { parseTap, recognisesTap } from './tap.ts'
import { parseTsc, recognisesTsc } from './tsc.ts'
import { parseVitest, recognisesVitest } from './vitest.ts'

type ParserName = GateDefinition['parser']

interface Tool {
  readonly name: Exclude<ParserName, 'auto' | 'lines'>
  /** The word that names the tool in a command. */
  readonly word: RegExp
  readonly recognises: (output: PlainOutput) => boolean
  readonly parse: Parser
}

const TOOLS: readonly Tool[] = [
  { name: 'tsc', word: /\btsc\b/, recognises: recognisesTsc, parse: parseTsc },
  { name: 'eslint', word: /\beslint\b/, recognises: recognisesEslint, parse: parseEslint },
  { name: 'biome', word: /\bbiome\b/, recognises: recognisesBiome, parse: parseBiome },
  { name: 'vitest', word: /\bvitest\b/, recognises: recognisesVitest, parse: parseVitest },
  { name: 'jest', word: /\bjest\b/, recognises: recognisesJest, parse: parseJest },
  { name: 'node-test', word: /\bnode\b.* --test\b/, recognises: recognisesNodeTest, parse: parseNodeTest },
  { name: 'tap', word: /\btap\b/, recognises: recognisesTap, parse: parseTap },
  { name: 'mocha', word: /\bmocha\b/, recognises: recognisesMocha, parse: parseMocha },
  { name: 'pytest', word: /\bpytest\b/, recognises: recognisesPytest, parse: parsePytest },
  { name: 'ruff', word: /\b(?:ruff|flake8)\b/, recognises: recognisesRuff, parse: parseRuff },
  { name: 'mypy', word: /\bmypy\b/, recognises: recognisesMypy, parse: parseMypy },
  { name: 'go', word: /\bgo (?:build|vet|test)\b/, recognises: recognisesGo, parse: parseGo },
  { name: 'cargo', word: /\bcargo\b/, recognises: recognisesCargo, parse: parseCargo },
]

/**
 * What a gate complained about. `auto` takes every tool that the command names or whose output shows its shape,
 * since one script often runs several; only when none finds anything does the general matcher try. Node's test runner
 * prints TAP where there is no terminal, up to Node 22.
 */
export function parseOutput(parser: ParserName, command: string, output: PlainOutput): Finding[] {
  if (parser === 'lines') return []
  const chosen = TOOLS.filter((tool) =>
    parser === 'auto'
      ? tool.word.test(command) || tool.recognises(output)
      : tool.name === parser || (parser === 'node-test' && tool.name === 'tap' && tool.recognises(output)),
  )
  const found = chosen.flatMap((tool) => tool.parse(output))
  return found.length > 0 || parser !== 'auto' ? found : parseProblemMatcher(output)
}
