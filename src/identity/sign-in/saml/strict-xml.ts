import { DOMParser, type Element, onWarningStopParsing } from '@xmldom/xmldom'

const MOST_CHARACTERS = 256 * 1024
const MOST_ELEMENTS = 2_000

/**
 * Reads XML that means the same to every parser, or nothing. Several read an answer one after the other here, and an
 * attacker lives where they differ: so no document type, no entities of its own, no comments, no CDATA, no instructions.
 */
export function strictXml(text: string): Element | undefined {
  if (text.length > MOST_CHARACTERS || !text.isWellFormed()) return undefined
  const body = text.replace(
    /^\uFEFF?<\?xml version=["']1\.0["']( encoding=["'](?:UTF|utf)-8["'])?[^<>?]*\?>/,
    '',
  )
  if (/<[!?]|&(?!(?:amp|lt|gt|quot|apos|#13|#xD);)/.test(body)) return undefined
  if (hasControls(body) || body.split('<').length > 2 * MOST_ELEMENTS) return undefined
  try {
    const parser = new DOMParser({ onError: onWarningStopParsing })
    return parser.parseFromString(body, 'text/xml').documentElement ?? undefined
  } catch {
    return undefined
  }
}

/** Every element below, itself included. */
export function everyElement(root: Element): readonly Element[] {
  return [root, ...root.getElementsByTagName('*')]
}

export function childrenOf(parent: Element, namespace: string, name: string): readonly Element[] {
  return [...parent.childNodes].filter(
    (node): node is Element =>
      node.nodeType === 1 && node.localName === name && (node as Element).namespaceURI === namespace,
  )
}

/** The one child of that name; undefined when there is none, or more than one. */
export function onlyChild(parent: Element | undefined, namespace: string, name: string): Element | undefined {
  const found = parent === undefined ? [] : childrenOf(parent, namespace, name)
  return found.length === 1 ? found[0] : undefined
}

/** The text of an element that holds nothing else. */
export function plainText(element: Element | undefined): string | undefined {
  if (element === undefined || [...element.childNodes].some(({ nodeType }) => nodeType !== 3))
    return undefined
  return element.textContent?.trim() || undefined
}

function hasControls(text: string): boolean {
  for (const letter of text) {
    const code = letter.charCodeAt(0)
    if (code < 32 && code !== 9 && code !== 10 && code !== 13) return true
  }
  return false
}
