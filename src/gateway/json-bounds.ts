/** More values than the longest conversation has; a parser makes an object of each, a hundred times as large as it stands here. */
const MOST_VALUES = 1_000_000
/** Deeper than any request; what walks in by calling itself must come out again. */
const DEEPEST = 1_000

/** Whether a text that claims to be JSON may be parsed: it has neither too many values nor goes too deep. */
export function withinBounds(json: Buffer): boolean {
  let values = 0
  let depth = 0
  for (let at = 0; at < json.length; at += 1) {
    switch (json[at]) {
      case 0x22: // "
        at = endOfString(json, at)
        break
      case 0x5b: // [
      case 0x7b: // {
        depth += 1
        values += 1
        break
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1
        break
      case 0x2c: // ,
        values += 1
        break
    }
    if (depth > DEEPEST || values > MOST_VALUES) return false
  }
  return true
}

function endOfString(json: Buffer, start: number): number {
  for (let end = json.indexOf(0x22, start + 1); end !== -1; end = json.indexOf(0x22, end + 1)) {
    let before = end - 1
    while (json[before] === 0x5c) before -= 1
    if ((end - before) % 2 === 1) return end
  }
  return json.length
}
