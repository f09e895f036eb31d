import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ACTIONS, PERMISSIONS } from '#policy/action.ts'
import { LEAST_ROLE, ROLES } from '#policy/role.ts'

/** `npx vitest run test/policy/roles-document.test.ts -u` writes it anew. */
test('docs/roles.md is the matrix of roles, permissions and actions that the code decides by', async () => {
  await expect(document()).toMatchFileSnapshot(join(import.meta.dirname, '../../docs/roles.md'))
})

function document(): string {
  const sorted = PERMISSIONS.toSorted((a, b) => ROLES.indexOf(LEAST_ROLE[a]) - ROLES.indexOf(LEAST_ROLE[b]))
  const rows = sorted.map((permission) => {
    const cells = ROLES.map((role) =>
      ROLES.indexOf(role) >= ROLES.indexOf(LEAST_ROLE[permission]) ? '●' : ' ',
    )
    const actions = Object.entries(ACTIONS).filter(([, { permission: needed }]) => needed === permission)
    const named = actions.map(([name, { risk }]) => `\`${name}\` (${risk})`).join(', ')
    return `| \`${permission}\` | ${cells.join(' | ')} | ${named} |`
  })
  return [
    '# Who may do what',
    '',
    'Each role holds what the ones before it hold. Behind each action stands its risk, which rises with what it is about. Rules that stand',
    'beside this table, and those an organisation writes, only take away: see [policies.md](policies.md). Autonomous work is no role: it does',
    'nothing of high or critical risk, approves nothing, and changes nothing about who may do what.',
    '',
    `| permission | ${ROLES.join(' | ')} | for |`,
    `|---|${ROLES.map(() => ':-:').join('|')}|---|`,
    ...rows,
    '',
    'An admin adds and removes people up to maintainers. Only an owner makes or removes admins and owners, and the last owner stays.',
    '',
  ].join('\n')
}
