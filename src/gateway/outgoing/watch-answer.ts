import type { CanarySighting, CanaryWatch } from '#guards/canary.ts'
import { flatText } from './flat-text.ts'
import { jsonStrings } from './json-strings.ts'

/** Events of OpenAI Responses that tell what a model thinks. */
const THOUGHTS = Buffer.from('"type":"response.reasoning')

/**
 * Reads the pieces of one answer, each a JSON text, and tells of a canary in what the model says or calls. What it thinks is
 * its own: there it may well quote what it was told to keep.
 */
export function createAnswerWatch(
  watch: CanaryWatch,
  onSighting: (sighting: CanarySighting) => void,
): (json: Buffer) => void {
  const said = watch.stream()
  let last = 0
  return (json) => {
    if (json.includes(THOUGHTS)) return
    const strings = jsonStrings(json)
    const content = strings.filter(({ role }) => role === 'content')
    const others = strings.filter(({ role }) => role === 'other' || role === 'key')
    const text = flatText(json, content, true, last)
    last = text.last
    const sighting = said(text.bytes) ?? watch.sees(flatText(json, others, false).bytes)
    if (sighting !== undefined) onSighting(sighting)
  }
}
