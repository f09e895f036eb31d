import { readFile } from 'node:fs/promises'
import { parseVerifierText, type VerifierKey } from '#audit/signing-key.ts'
import { ok, type Result, refused } from '#kernel/result.ts'

/** The key a person named, else the one this machine trusts; undefined when there is neither. */
export async function trustedKey(
  named: string | undefined,
  ownFile: string,
): Promise<Result<VerifierKey | undefined>> {
  const text = await readFile(named ?? ownFile, 'utf8').catch(() => undefined)
  if (text !== undefined) return parseVerifierText(text.trim())
  if (named === undefined) return ok(undefined)
  return refused({
    code: 'invalid_input',
    message: `There is no key that can be read in ${named}.`,
    remedy:
      'Give a file with one line of the form name+id+base64; `airlock audit key` prints it where the server runs.',
  })
}
