import type { IncomingMessage } from 'node:http'
import { BOUNDS } from '#contract/bounds.ts'

export type Body = { readonly bytes: Buffer; release(): void } | 'too-large' | 'aborted'

/** Reads request bodies within a bound each, and within twice that bound for all that are open at once. */
export function createBodyReader(
  bound: number = BOUNDS.modelRequestBody,
): (req: IncomingMessage) => Promise<Body> {
  let open = 0
  return (req) =>
    new Promise((resolve) => {
      const chunks: Buffer[] = []
      let size = 0
      let decided = false
      const release = () => {
        open -= size
        size = 0
      }
      const finish = (body: Body) => {
        if (decided) return
        decided = true
        if (typeof body === 'string') release()
        resolve(body)
      }
      if (Number(req.headers['content-length'] ?? 0) > bound) return finish('too-large')
      req.on('data', (chunk: Buffer) => {
        if (decided) return
        size += chunk.length
        open += chunk.length
        if (size <= bound && open <= 2 * bound) return void chunks.push(chunk)
        chunks.length = 0
        req.pause()
        finish('too-large')
      })
      req.on('end', () => finish({ bytes: Buffer.concat(chunks), release }))
      req.on('close', () => finish('aborted'))
      req.on('error', () => finish('aborted'))
    })
}
