import { InvalidArgumentError } from 'commander'
import { EgressMethod, type EgressTarget } from '#contract/egress.ts'

/** `host`, `host:port`, `http://host:port`: as people write where something is. The server says what is wrong with it. */
export function targetOf(text: string): EgressTarget {
  const [whole, scheme, host = '', port] = /^(?:(https?):\/\/)?([^/:]+)(?::(\d{1,5}))?\/?$/.exec(text) ?? []
  if (whole === undefined) throw new InvalidArgumentError('Give a host, such as mirror.example.org:80.')
  return {
    host: host.toLowerCase(),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(scheme === 'http' || scheme === 'https' ? { scheme } : {}),
  }
}

/** For an option that may be given several times. */
export function methodsOf(text: string, before: readonly EgressMethod[] = []): readonly EgressMethod[] {
  const method = EgressMethod.safeParse(text.toUpperCase())
  if (!method.success) throw new InvalidArgumentError(`Give one of ${EgressMethod.options.join(', ')}.`)
  return [...before, method.data]
}
