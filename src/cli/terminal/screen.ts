import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Styles text when the screen has colours, and gives it back unchanged when not. */
export type Paint = (style: Style, text: string) => string

/** Where a command speaks. Everything it is given is already safe to show: see safe-text. */
export interface Screen {
  /** A person is at both ends: questions may be asked. */
  readonly interactive: boolean
  /** Text may be redrawn in place. */
  readonly live: boolean
  readonly columns: number
  readonly rows: number
  readonly paint: Paint
  /** Results, to standard output. */
  print(text: string): void
  /** Exact bytes, to standard output unless told otherwise: only for somebody who asked for them. */
  raw(bytes: Uint8Array, stream?: 'stdout' | 'stderr'): void
  /** Everything that is not a result, to standard error. */
  remark(text: string): void
  /** Redraws the one status line below everything; an empty text removes it. Nothing happens unless `live`. */
  status(text: string): void
}

export const PLAIN: Paint = (_style, text) => text
export const COLOURED: Paint = (style, text) => styleText(style, text, { validateStream: false })

/** A status wider than the terminal is cut there: wrapped, it could not be cleared. */
const NO_WRAP = '\u001b[?7l'
const WRAP = '\u001b[?7h'

interface Streams {
  readonly input: { readonly isTTY?: boolean | undefined }
  readonly output: NodeJS.WriteStream
  readonly errors: NodeJS.WriteStream
  /** True for a terminal that knows no commands: it is only written to. */
  readonly dumb?: boolean
}

/** The screen of a real terminal or pipe. Colours follow the stream, NO_COLOR and FORCE_COLOR, as Node reads them. */
export function createScreen({ input, output, errors, dumb = false }: Streams): Screen {
  const coloured = styleText('red', 'x', { stream: output }) !== 'x'
  const live = output.isTTY === true && !dumb
  let shown = ''
  const clear = () => {
    if (shown !== '') output.write('\r\u001b[2K')
  }
  const write = (stream: NodeJS.WriteStream, text: string) => {
    clear()
    stream.write(`${text}\n`)
    if (shown !== '') output.write(shown)
  }
  return {
    interactive: output.isTTY === true && input.isTTY === true,
    live,
    get columns() {
      return output.columns ?? 100
    },
    get rows() {
      return output.rows ?? 40
    },
    paint: coloured ? COLOURED : PLAIN,
    print: (text) => write(output, text),
    raw: (bytes, stream = 'stdout') => void (stream === 'stdout' ? output : errors).write(bytes),
    remark: (text) => write(errors, text),
    status(text) {
      if (!live) return
      clear()
      shown = text === '' ? '' : `${NO_WRAP}${text}${WRAP}`
      output.write(shown)
    },
  }
}
