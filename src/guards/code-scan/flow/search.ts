import type { Language } from '../language.ts'
import type { Syntax } from '../syntax/tree.ts'
import type { Sight } from './analysis.ts'
import { surroundingsHold } from './sightings.ts'

/** Whether a search could find anything in a text, by the words it names and by what it asks of the file. */
export function maySee({ words, inFile }: Language['searches'][number], text: string): boolean {
  return (words === undefined || text.search(words) >= 0) && inFile?.test(text) !== false
}

const FUNCTION = /function|method|arrow|lambda|closure|func_|^def$|constructor_declaration/

/** What the rules that are written in ast-grep's own language find. */
export function searched(language: Language, text: string, root: () => Syntax): Sight[] {
  return language.searches.flatMap((found) => {
    const { sighting, rule } = found
    if (sighting.search === undefined || !maySee(found, text)) return []
    return root()
      .findAll({
        rule: sighting.search,
        ...(sighting.constraints === undefined ? {} : { constraints: sighting.constraints }),
      })
      .filter((at) => {
        const fn = functionAround(at)
        const name = fn?.field('name')?.text() ?? nameGiven(fn)
        return surroundingsHold(found, text, at, name, () => fn?.text() ?? text)
      })
      .map((at): Sight => ({ rule, sighting, at, origin: 0, trace: undefined, fn: undefined }))
  })
}

function functionAround(at: Syntax): Syntax | undefined {
  let above = at.parent()
  for (let steps = 0; above !== null && steps < 200; steps++) {
    if (FUNCTION.test(above.kind()) && !/call/.test(above.kind())) return above
    above = above.parent()
  }
  return undefined
}

/** `const merge = (a, b) => …` names its function by what it is assigned to. */
function nameGiven(fn: Syntax | undefined): string | undefined {
  const holder = fn?.parent()
  return (holder?.field('name') ?? holder?.field('left') ?? holder?.field('key'))?.text()
}
