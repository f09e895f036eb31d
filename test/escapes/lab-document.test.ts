import { join } from 'node:path'
import { expect, test } from 'vitest'
import { GROUPS } from '#sandbox/lab/lab-case.ts'
import { LAB_CASES } from '#sandbox/lab/lab-cases.ts'

/** `npx vitest run test/escapes/lab-document.test.ts -u` writes it anew. */
test('docs/lab-cases.md lists every case of the lab', async () => {
  await expect(document()).toMatchFileSnapshot(join(import.meta.dirname, '../../docs/lab-cases.md'))
})

function document(): string {
  const groups = GROUPS.map((group) => {
    const own = LAB_CASES.filter((each) => each.group === group)
    const rows = own.map(({ id, tries, stops }) => `| \`${id}\` | ${tries} | ${stops} |`)
    return [
      `## ${group}`,
      '',
      '| case | it tries to | what should stop it |',
      '|---|---|---|',
      ...rows,
      '',
    ].join('\n')
  })
  return [
    '# What the lab tries\n',
    `${LAB_CASES.length} cases, run by \`airlock lab\` on each driver. [lab.md](lab.md) tells how to read the result.\n`,
    ...groups,
  ].join('\n')
}
