import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { stripVTControlCharacters } from 'node:util'
import { encodeBundle, parseBundle } from '#audit/bundle.ts'
import { EXIT_CODE } from '#cli/exit-code.ts'
import { oneLine } from '#cli/terminal/safe-text.ts'
import { fromBase64, toBase64 } from '#kernel/bytes.ts'
import { ok, type Result } from '#kernel/result.ts'
import { changeOneByte } from '../change-one-byte.ts'
import { client, type Demo, type } from '../demo.ts'
import { FILES } from '../place.ts'
import type { Publication } from './decision.ts'

/** Takes the evidence along, stops the server, and proves the commit with nothing but files. */
export async function proveOffline(demo: Demo, published: Publication): Promise<Result<void>> {
  const { narrator, cli } = demo
  const begun = narrator.begin(
    'Proof, without a server',
    'Evidence, public key and log are three files. Anyone can check the commit with them, asking nobody.',
  )
  if (!begun.ok) return begun
  const reached = await client(demo)
  if (!reached.ok) return reached
  const evidence = await reached.value.evidence(published.commit)
  if (!evidence.ok) return evidence
  await writeFile(FILES.evidence, evidence.value)
  await copyFile(cli.trustedKeyFile, FILES.key)
  await type(demo, 'audit', 'export', FILES.log)
  await type(demo, 'down')
  cli.screen.print('')
  const verified = await verify(demo, published, FILES.evidence)
  cli.screen.print('')
  narrator.promise(verified.exit === 0, 'verified offline')
  return ok(undefined)
}

/** Changes one byte of the patch in a copy of the evidence: the proof must fail, and say where. */
export async function tamper(demo: Demo, published: Publication): Promise<Result<void>> {
  const { narrator, cli } = demo
  const begun = narrator.begin(
    'One byte is changed',
    'A proof is worth something when it can fail: one byte of the approved patch is changed, in a copy.',
  )
  if (!begun.ok) return begun
  const bundle = parseBundle(await readFile(FILES.evidence))
  if (!bundle.ok) return bundle
  const change = changeOneByte(fromBase64(bundle.value.patch) ?? new Uint8Array())
  await writeFile(FILES.changedEvidence, encodeBundle({ ...bundle.value, patch: toBase64(change.patch) }))
  const { paint } = cli.screen
  cli.screen.print(`  ${paint('dim', 'approved')}  ${paint('green', oneLine(change.before))}`)
  cli.screen.print(`  ${paint('dim', 'changed ')}  ${paint('red', oneLine(change.after))}\n`)
  const { exit, shown } = await verify(demo, published, FILES.changedEvidence)
  cli.screen.print('')
  narrator.promise(
    exit === EXIT_CODE.verification_failed &&
      /^NOT VERIFIED: .*\bpatch\b/m.test(stripVTControlCharacters(shown)),
    'refused, and the patch is named',
  )
  return ok(undefined)
}

/** Checks the log of everything that happened, the approval included. */
export async function checkLog(demo: Demo): Promise<Result<void>> {
  const { narrator, cli } = demo
  const begun = narrator.begin(
    'The log',
    'Every step is in a Merkle tree under signatures: no entry is changed, moved or removed unnoticed.',
  )
  if (!begun.ok) return begun
  const { exit } = await type(demo, 'audit', 'verify', FILES.log, '--key', FILES.key)
  cli.screen.print('')
  narrator.promise(exit === 0, 'the whole log holds')
  return ok(undefined)
}

function verify(demo: Demo, { commit, pushed }: Publication, evidence: string) {
  const repository = pushed ? FILES.remote : FILES.shop
  return type(
    demo,
    'verify',
    commit.slice(0, 12),
    '--repo',
    repository,
    '--bundle',
    evidence,
    '--key',
    FILES.key,
  )
}
