import { z } from 'zod'
import { ImageChoice } from '#contract/image-reference.ts'

/** Where a repository may describe its development container, in the order in which tools look. */
export const DEVCONTAINER_FILES = ['.devcontainer/devcontainer.json', '.devcontainer.json']

/** What such a file says about the image, and what of it nobody here follows. */
export interface Devcontainer {
  readonly image?: string
  /** Why there is no image. */
  readonly without?: string
  /** Keys that would change what commands find or do, and have no effect here. */
  readonly ignored: readonly string[]
}

/** Reads a devcontainer.json for its `image` alone. Never refuses: the file is for other tools, and all they need is theirs. */
export function readDevcontainer(bytes: Uint8Array): Devcontainer {
  const parsed = Outline.safeParse(parse(bytes))
  if (!parsed.success) return { without: 'it cannot be read', ignored: [] }
  const { image, ...others } = parsed.data
  const ignored = Object.keys(others)
    .filter((key) => !HARMLESS.has(key))
    .slice(0, 50)
    .map((key) => key.slice(0, 60))
  if (image === undefined) return { without: 'it names no image', ignored }
  const named = ImageChoice.safeParse(image)
  return named.success ? { image: named.data, ignored } : { without: 'its image has no plain name', ignored }
}

const Outline = z.record(z.string(), z.unknown())

/** They describe the file, or an editor. */
const HARMLESS: ReadonlySet<string> = new Set(['$schema', 'name', 'customizations'])

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(withoutComments(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    return undefined
  }
}

/**
 * Comments of both kinds become spaces and commas before a closing bracket vanish, as in the JSON of editors. Texts are
 * taken as wholes, so that nothing in them is mistaken for either. What is never closed is a whole as well, and no JSON:
 * looking for its end from each of its characters anew would take for ever.
 */
function withoutComments(text: string): string {
  const plain = text.replace(TEXT_OR_COMMENT, (found) => (CLOSED_COMMENT.test(found) ? ' ' : found))
  return plain.replace(TEXT_OR_COMMA, (found) => (found.startsWith('"') ? found : found.slice(1)))
}

const TEXT = String.raw`"(?:[^"\\\n]|\\.)*"?`
const TEXT_OR_COMMENT = new RegExp(String.raw`${TEXT}|//[^\n]*|/\*[\s\S]*?(?:\*/|$)`, 'g')
const TEXT_OR_COMMA = new RegExp(String.raw`${TEXT}|,(?=\s*[}\]])`, 'g')
const CLOSED_COMMENT = /^\/(?:\/|\*[\s\S]*\*\/$)/
