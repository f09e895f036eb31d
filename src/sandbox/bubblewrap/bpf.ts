/**
 * A tiny assembler for classic BPF as seccomp runs it: struct sock_filter { u16 code; u8 jt; u8 jf; u32 k },
 * little-endian. See linux/filter.h and Documentation/userspace-api/seccomp_filter.rst.
 */
export type Line =
  | { readonly label: string }
  | { readonly load: number }
  | { readonly mask: number }
  | { readonly return: number }
  | {
      readonly jump: 'equal' | 'above' | 'at_least'
      readonly k: number
      /** Label to go to when it holds, or does not; without one the next line follows. */
      readonly yes?: string
      readonly no?: string
    }

const LOAD_WORD = 0x20
const AND = 0x54
const RETURN = 0x06
const JUMPS = { equal: 0x15, above: 0x25, at_least: 0x35 } as const

/** The bytes of a program. Throws when a label is missing or further than the 255 instructions a jump can reach. */
export function assemble(lines: readonly Line[]): Uint8Array {
  const places = placesOf(lines)
  const instructions = lines.filter((line) => !('label' in line))
  const bytes = new DataView(new ArrayBuffer(instructions.length * 8))
  instructions.forEach((line, index) => {
    const at = index * 8
    const [code, k] = operation(line)
    bytes.setUint16(at, code, true)
    bytes.setUint32(at + 4, k >>> 0, true)
    if (!('jump' in line)) return
    bytes.setUint8(at + 2, distance(places, index, line.yes))
    bytes.setUint8(at + 3, distance(places, index, line.no))
  })
  return new Uint8Array(bytes.buffer)
}

function placesOf(lines: readonly Line[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  let index = 0
  for (const line of lines)
    if ('label' in line) {
      if (places.has(line.label)) throw new Error(`label ${line.label} stands twice`)
      places.set(line.label, index)
    } else index += 1
  return places
}

function operation(line: Line): [code: number, k: number] {
  if ('load' in line) return [LOAD_WORD, line.load]
  if ('mask' in line) return [AND, line.mask]
  if ('return' in line) return [RETURN, line.return]
  if ('jump' in line) return [JUMPS[line.jump], line.k]
  throw new Error('a label is not an instruction')
}

function distance(places: ReadonlyMap<string, number>, from: number, label: string | undefined): number {
  if (label === undefined) return 0
  const jump = (places.get(label) ?? -1) - from - 1
  if (jump < 0 || jump > 255) throw new Error(`cannot jump to ${label}`)
  return jump
}
