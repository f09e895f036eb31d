import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from '#cli/connect.ts'
import { findingLines } from '#cli/render/finding-lines.ts'
import { wrapped } from '#cli/terminal/wrap.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { client, type Demo } from '../demo.ts'

/** Starts the real server on the demo's own data, and sees that agents can run on this host. */
export async function startServer(demo: Demo): Promise<Result<void>> {
  const { narrator, cli, place } = demo
  const begun = narrator.begin(
    'Airlock starts',
    'The server as you would run it: its own PostgreSQL, sandboxes, a gateway to models, a signing key.',
  )
  if (!begun.ok) return begun
  await mkdir(place.home, { recursive: true, mode: 0o700 })
  await writeFile(join(place.home, 'prices.json'), JSON.stringify(PRICES), { mode: 0o600 })
  const started = await connect(cli, {})
  if (!started.ok) return started
  const reached = await client(demo)
  if (!reached.ok) return reached
  const status = await reached.value.status()
  if (!status.ok) return status
  const { host } = status.value
  const weaker = host.filter((finding) => finding.status !== 'ok')
  if (weaker.some((finding) => finding.status === 'missing')) {
    cli.screen.print(findingLines(host, cli.screen.paint).join('\n'))
    return refused(HOST_CANNOT)
  }
  narrator.done('Sandboxes work on this machine')
  for (const { name, finding } of weaker)
    for (const line of wrapped(`weaker than possible: ${name}: ${finding}`)) narrator.aside(`  ${line}`)
  return ok(undefined)
}

/** In USD per million tokens: what the scripted model pretends to cost, so that the meter runs. */
const PRICES = { 'scripted/*': { input: 3, output: 15 } }

const HOST_CANNOT = {
  code: 'sandbox_unavailable' as const,
  message: 'This machine cannot run sandboxes yet, so there is no demo.',
  rule: 'sandbox.host',
  remedy: 'Mend what is listed above as missing; `airlock doctor` looks again.',
}
