/** Runs classic BPF as the kernel does for seccomp (net/core/filter.c), as far as filters of ours use it. */
export function runFilter(program: Uint8Array, data: Uint8Array): number {
  const code = new DataView(program.buffer, program.byteOffset, program.byteLength)
  const memory = new DataView(data.buffer, data.byteOffset, data.byteLength)
  let accumulator = 0
  for (let at = 0; ; at++) {
    const operation = code.getUint16(at * 8, true)
    const yes = code.getUint8(at * 8 + 2)
    const no = code.getUint8(at * 8 + 3)
    const k = code.getUint32(at * 8 + 4, true)
    if (operation === 0x20) accumulator = memory.getUint32(k, true)
    else if (operation === 0x54) accumulator = (accumulator & k) >>> 0
    else if (operation === 0x06) return k
    else if (operation === 0x15) at += accumulator === k ? yes : no
    else if (operation === 0x25) at += accumulator > k ? yes : no
    else if (operation === 0x35) at += accumulator >= k ? yes : no
    else throw new Error(`no such operation: ${operation}`)
  }
}

/** struct seccomp_data for one call; arguments are 64 bits wide. */
export function callData(architecture: number, number: number, args: readonly bigint[] = []): Uint8Array {
  const view = new DataView(new ArrayBuffer(64))
  view.setUint32(0, number, true)
  view.setUint32(4, architecture, true)
  args.forEach((argument, index) => {
    view.setBigUint64(16 + 8 * index, BigInt.asUintN(64, argument), true)
  })
  return new Uint8Array(view.buffer)
}
