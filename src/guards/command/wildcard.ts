/** True when the text fits the pattern: `*` stands for any letters, `?` for one. Takes at most pattern times text steps. */
export function fits(pattern: string, text: string): boolean {
  let at = 0
  let letter = 0
  let star = -1
  let resume = 0
  while (letter < text.length) {
    if (pattern[at] === '*') {
      star = at
      resume = letter
      at += 1
    } else if (pattern[at] === '?' || pattern[at] === text[letter]) {
      at += 1
      letter += 1
    } else if (star >= 0) {
      at = star + 1
      resume += 1
      letter = resume
    } else return false
  }
  while (pattern[at] === '*') at += 1
  return at === pattern.length
}
