/**
 * True when the second pattern occurs somewhere after the first occurrence of the first one. One expression with
 * `[\s\S]*` between them would take quadratic time on hostile text.
 */
export function foundInOrder(text: string, first: RegExp, second: RegExp): boolean {
  const found = first.exec(text)
  return found !== null && second.test(text.slice(found.index + found[0].length))
}
