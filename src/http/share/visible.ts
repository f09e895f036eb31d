/**
 * Text of a stranger as it is, with what a reader would not see made visible: a direction override or an invisible letter
 * could make a page say what the patch does not.
 */
export function visible(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu,
    (character) => (character === '\n' || character === '\t' ? character : named(character)),
  )
}

function named(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
}
