import { judgeCommand } from '#guards/command/judge.ts'
import { commandVectors } from './command-vectors.ts'

/** What the command guard says of the vectors, as the table of docs/guards.md; `node test/support/command-table.ts` prints it. */
export function commandTable(): string {
  const groups = new Map<string, { commands: number; asked: number; denied: number }>()
  for (const { set, file, text } of commandVectors()) {
    const key = `${set} | ${file}`
    const group = groups.get(key) ?? { commands: 0, asked: 0, denied: 0 }
    const { verdict } = judgeCommand(text, { workspace: '/workspace' })
    group.commands += 1
    if (verdict === 'ask') group.asked += 1
    if (verdict === 'deny') group.denied += 1
    groups.set(key, group)
  }
  const rows = [...groups].map(([key, { commands, asked, denied }]) => {
    const caught = asked + denied
    return `| ${key} | ${commands} | ${denied} | ${asked} | ${commands - caught} | ${((100 * caught) / commands).toFixed(1)} % |`
  })
  return [
    '| set | file | commands | denied | asked | allowed | not allowed |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

if (process.argv[1] === import.meta.filename) console.log(commandTable())
