import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ACTIONS, PERMISSIONS } from '#policy/action.ts'
import { LEAST_ROLE, ROLES, type Role } from '#policy/role.ts'

/** `npx vitest run test/policy/roles-document.test.ts -u` writes it anew. */
test('docs/roles.md is the matrix of roles, permissions and actions that the code decides by', async () => {
  await expect(document()).toMatchFileSnapshot(join(import.meta.dirname, '../../docs/roles.md'))
})

/** What people call a role at a place. */
const PAIRS: readonly (readonly [string, Role, string])[] = [
  [
    'Member',
    'member',
    'of the organisation: sees what is given to them at narrower places, and nothing else',
  ],
  ['Environment Admin', 'admin', 'at an environment: keeps its secrets, renames and removes it'],
  [
    'Team Admin',
    'admin',
    'at a team: who is in it, and all that an admin does at the projects it looks after',
  ],
  ['Server Admin', 'owner', 'at the server: makes organisations, and decides what all of them share'],
]

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
    '## Where',
    '',
    'A role is given at a place, and counts there and everywhere within: the server holds organisations, an organisation teams, a team the',
    'projects it looks after, a project its environments. Of several roles the strongest counts. Some pairs have names:',
    '',
    '| name | is |',
    '|---|---|',
    ...PAIRS.map(([name, role, place]) => `| ${name} | \`${role}\` ${place} |`),
    '',
    'What may not be seen where it is, is not found there, in the words for what never was. [organisations.md](organisations.md) has the commands.',
    '',
  ].join('\n')
}
