import { raw } from 'hono/html'
import { encode } from 'uqr'

/** A text as a QR code (ISO/IEC 18004), as one path of squares: nothing in the picture comes from the text itself. */
export function qrCode(text: string, label: string) {
  const { data, size } = encode(text, { ecc: 'M', border: 4 })
  const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return raw(
    `<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="${label}" shape-rendering="crispEdges"><path d="${squares.join('')}"/></svg>`,
  )
}
