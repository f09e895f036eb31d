import { z } from 'zod'
import { fromBase64, toBase64 } from '#kernel/bytes.ts'
import { AirlockError } from '#kernel/failure.ts'
import type { RandomBytes } from '#kernel/ids.ts'
import { changePrivateFile, readPrivateFile } from '#store/private-file.ts'
import type { KeyWrap } from '../key-wrap.ts'
import { KEY_BYTES, openBytes, sealBytes } from '../sealed-bytes.ts'
import { keyLost, notAsSealed } from '../vault-failure.ts'

const KIND = 'local'

const Stored = z.strictObject({
  version: z.literal(1),
  keys: z
    .array(z.strictObject({ id: z.string().regex(/^[0-9a-f]{16}$/), key: z.string().length(44) }))
    .min(1),
})
type StoredKeys = z.infer<typeof Stored>['keys']

/**
 * Keys in a file of mode 0600 beside the database, the newest last; the first is made when it is wanted. Read at every use,
 * so that a file that others can read is refused at once, and the keys are in memory no longer than they are needed.
 */
export function localKeys(file: string, random: RandomBytes): KeyWrap {
  const fresh = (): StoredKeys[number] => ({
    id: Buffer.from(random(8)).toString('hex'),
    key: toBase64(random(KEY_BYTES)),
  })
  const change = (to: (keys: StoredKeys) => StoredKeys | undefined) =>
    changePrivateFile(file, (text) => {
      const keys = to(parse(file, text))
      return keys === undefined ? undefined : `${JSON.stringify({ version: 1, keys }, null, 2)}\n`
    })
  const read = async () => parse(file, await readPrivateFile(file))
  const newest = async () => {
    if ((await read()).length === 0) await change((keys) => (keys.length === 0 ? [fresh()] : undefined))
    return required(file, (await read()).at(-1))
  }
  return {
    kind: KIND,
    async wrap(dataKey, label) {
      const { id, key } = await newest()
      return withKey(key, (bytes) => ({
        key: `${KIND}:${id}`,
        wrapped: sealBytes(bytes, dataKey, label, random),
      }))
    },
    async unwrap({ key: name, wrapped }, label) {
      const stored = (await read()).find(({ id }) => name === `${KIND}:${id}`)
      if (stored === undefined) throw keyLost(name, file)
      const dataKey = withKey(stored.key, (bytes) => openBytes(bytes, wrapped, label))
      if (dataKey === undefined) throw notAsSealed(name)
      return dataKey
    },
    renew: () => change((keys) => [...keys, fresh()]),
    retire: (used) =>
      change((keys) => {
        const kept = keys.filter(({ id }, place) => place === keys.length - 1 || used.has(`${KIND}:${id}`))
        return kept.length === keys.length ? undefined : kept
      }),
  }
}

function withKey<T>(base64: string, work: (key: Uint8Array) => T): T {
  const key = fromBase64(base64) ?? new Uint8Array(0)
  try {
    return work(key)
  } finally {
    key.fill(0)
  }
}

function parse(file: string, text: string | undefined): StoredKeys {
  if (text === undefined) return []
  const parsed = Stored.safeParse(parseJson(text))
  const keys = parsed.success ? parsed.data.keys : []
  if (keys.length > 0 && keys.every(({ key }) => fromBase64(key)?.length === KEY_BYTES)) return keys
  throw damaged(file)
}

function required<T>(file: string, value: T | undefined): T {
  if (value === undefined) throw damaged(file)
  return value
}

function damaged(file: string): AirlockError {
  return new AirlockError({
    code: 'invalid_configuration',
    rule: 'vault.key-file',
    message: `${file} does not hold the keys of secrets.`,
    remedy: 'Bring it back from a backup. Without it, every secret has to be stored again.',
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
