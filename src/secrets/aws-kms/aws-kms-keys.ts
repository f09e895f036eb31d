import type { KMSClient, KMSClientConfig } from '@aws-sdk/client-kms'
import { AirlockError } from '#kernel/failure.ts'
import type { KeyWrap } from '../key-wrap.ts'
import { keyLost, notAsSealed, serviceFailed } from '../vault-failure.ts'

const KIND = 'aws-kms'
const PATIENCE_MILLISECONDS = 10_000

export interface AwsKmsService {
  /** An ARN, an id, or `alias/…`. */
  readonly key: string
  /** Where it is not said, as the AWS tools find them: environment, files, roles of the machine. */
  readonly client?: Pick<KMSClientConfig, 'region' | 'endpoint' | 'credentials'>
}

/**
 * Keys of AWS KMS, which never leave it. The label is the encryption context, which KMS writes to its own log in clear. KMS changes
 * the material of a key by itself and keeps what older material needs: such a key stays the same here.
 */
export function awsKmsKeys(service: AwsKmsService): KeyWrap {
  let opened: Promise<Kms> | undefined
  const call = async <T>(key: string, work: (kms: Kms) => Promise<T>): Promise<T> => {
    opened ??= openKms(service)
    try {
      return await work(await opened)
    } catch (thrown) {
      throw translated(thrown, key)
    }
  }
  return {
    kind: KIND,
    wrap: (dataKey, label) =>
      call(service.key, async ({ client, EncryptCommand }) => {
        const input = { KeyId: service.key, Plaintext: dataKey, EncryptionContext: { ...label } }
        const { KeyId, CiphertextBlob } = await client.send(new EncryptCommand(input))
        if (KeyId === undefined || CiphertextBlob === undefined) throw new Error('an answer without a key')
        return { key: `${KIND}:${KeyId}`, wrapped: CiphertextBlob }
      }),
    unwrap: ({ key, wrapped }, label) =>
      call(key, async ({ client, DecryptCommand }) => {
        const KeyId = key.slice(KIND.length + 1)
        const input = { KeyId, CiphertextBlob: wrapped, EncryptionContext: { ...label } }
        const { Plaintext } = await client.send(new DecryptCommand(input))
        if (Plaintext === undefined) throw new Error('an answer without a key')
        return Plaintext
      }),
  }
}

type Kms = { readonly client: KMSClient } & Pick<
  typeof import('@aws-sdk/client-kms'),
  'EncryptCommand' | 'DecryptCommand'
>

/** Loaded only where somebody keeps keys there. */
async function openKms({ key, client }: AwsKmsService): Promise<Kms> {
  const { KMSClient, EncryptCommand, DecryptCommand } = await import('@aws-sdk/client-kms')
  const region = /^arn:[\w-]+:kms:([\w-]+):/.exec(key)?.[1]
  return {
    client: new KMSClient({
      ...(region === undefined ? {} : { region }),
      ...client,
      maxAttempts: 3,
      requestHandler: {
        connectionTimeout: PATIENCE_MILLISECONDS,
        requestTimeout: PATIENCE_MILLISECONDS,
        throwOnRequestTimeout: true,
      },
    }),
    EncryptCommand,
    DecryptCommand,
  }
}

function translated(thrown: unknown, key: string): AirlockError {
  if (thrown instanceof AirlockError) return thrown
  const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown))
  if (name === 'NotFoundException' || name === 'DisabledException' || name === 'KMSInvalidStateException')
    return keyLost(key, 'AWS KMS')
  if (name === 'InvalidCiphertextException' || name === 'IncorrectKeyException') return notAsSealed(key)
  return serviceFailed('AWS KMS', key, `${name}: ${message}`)
}
