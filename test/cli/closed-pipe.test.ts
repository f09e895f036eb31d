import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')

test('output that nobody reads to its end is no fault', () => {
  const { stdout, stderr } = spawnSync(
    'bash',
    ['-c', 'set -o pipefail; ./airlock --help | (read -r line; echo "$line"); echo $?'],
    { cwd: ROOT, encoding: 'utf8', timeout: 60_000 },
  )
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^Usage: airlock \[options\] \[command\]\n(0|141)\n$/)
})
