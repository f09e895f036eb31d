import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { encodeBundle, parseBundle } from '#audit/bundle.ts'
import { EXIT_CODE } from '#cli/exit-code.ts'
import { oneLine } from '#cli/terminal/safe-text.ts'
import { fromBase64, toBase64 } from '#kernel/bytes.ts'
import { ok, type Result } from '#kernel/result.ts'
import { changeOneByte } from '../change-one-byte.ts'
import { client, type Demo, type } from '../demo.ts'
import type { Publication } from './decision.ts'

/** Takes the evidence along, stops the server, and proves the commit with nothing but files. */
export async function proveOffline(demo: Demo, published: Publication): Promise<Result<void>> {
  const { narrator, place, cli } = demo
  const begun = narrator.begin(
    'Proof, without a server',
    'Evidence, public key and log are three files. With them anyone can check the commit; nobody has to be asked or believed.',
  )
  if (!begun.ok) return begun
  const reached = await client(demo)
  if (!reached.ok) return reached
  const evidence = await reached.value.evidence(published.commit)
  if (!evidence.ok) return evidence
  await writeFile(place.evidence, evidence.value)
  await copyFile(cli.trustedKeyFile, place.key)
  await type(demo, 'audit', 'export', place.log)
  await type(demo, 'down')
  cli.screen.print('')
  const verified = await verify(demo, published, place.evidence)
  cli.screen.print('')
  narrator.promise(verified.exit === 0, 'verified offline')
  return ok(undefined)
}

/** Changes one byte of the patch in a copy of the evidence: the proof must fail, and say where. */
export async function tamper(demo: Demo, published: Publication): Promise<Result<void>> {
  const { narrator, place, cli } = demo
  const begun = narrator.begin(
    'One byte is changed',
    'A proof is worth something when it fails. In a copy of the evidence, one byte of the approved patch becomes another.',
  )
  if (!begun.ok) return begun
  const bundle = parseBundle(await readFile(place.evidence))
  if (!bundle.ok) return bundle
  const change = changeOneByte(fromBase64(bundle.value.patch) ?? new Uint8Array())
  await writeFile(place.changedEvidence, encodeBundle({ ...bundle.value, patch: toBase64(change.patch) }))
  const { paint } = cli.screen
  cli.screen.print(`  ${paint('dim', 'approved')}  ${paint('green', oneLine(change.before))}`)
  cli.screen.print(`  ${paint('dim', 'changed ')}  ${paint('red', oneLine(change.after))}\n`)
  const { exit, shown } = await verify(demo, published, place.changedEvidence)
  cli.screen.print('')
  narrator.promise(
    exit === EXIT_CODE.verification_failed && /^NOT VERIFIED: .*\bpatch\b/m.test(shown),
    'refused, and the patch is named',
  )
  return ok(undefined)
}

/** Checks the log of everything that happened, the approval included. */
export async function checkLog(demo: Demo): Promise<Result<void>> {
  const { narrator, place, cli } = demo
  const begun = narrator.begin(
    'The log',
    'Every step stands in a Merkle tree under signatures: an entry cannot be changed, moved or removed unnoticed.',
  )
  if (!begun.ok) return begun
  const { exit } = await type(demo, 'audit', 'verify', place.log, '--key', place.key)
  cli.screen.print('')
  narrator.promise(exit === 0, 'the whole log holds')
  return ok(undefined)
}

function verify(demo: Demo, { commit, pushed }: Publication, evidence: string) {
  const { place } = demo
  const repository = pushed ? place.remote : place.shop
  return type(
    demo,
    'verify',
    commit.slice(0, 12),
    '--repo',
    repository,
    '--bundle',
    evidence,
    '--key',
    place.key,
  )
}
