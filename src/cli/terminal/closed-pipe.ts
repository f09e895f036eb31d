/** What a shell says of a program that SIGPIPE ended. */
const BROKEN_PIPE = 141

/**
 * Ends quietly when whoever read the output has gone, as after `| head`: there is nobody left to work for. A server goes on.
 */
export function endWithReader(
  stream: NodeJS.WriteStream,
  { isServer, exit }: { readonly isServer: boolean; readonly exit: (code: number) => void },
): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    if (!isServer) exit(BROKEN_PIPE)
  })
}
