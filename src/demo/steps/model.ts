import { randomBytes } from 'node:crypto'
import { ok, type Result } from '#kernel/result.ts'
import { client, type Demo, showCommand } from '../demo.ts'
import { demoScript } from '../demo-script.ts'
import { startScriptedModel } from '../scripted-model.ts'

/** Long enough to read along; nobody reads along without a terminal. */
const READING_MILLISECONDS = 1_300

/** Connects who thinks for the agent: a script that says so, or the model of the person's own key. Gives its name. */
export async function chooseModel(demo: Demo): Promise<Result<string>> {
  return demo.realModel === undefined ? scripted(demo) : real(demo, demo.realModel)
}

async function scripted(demo: Demo): Promise<Result<string>> {
  const { narrator, cli } = demo
  const begun = narrator.begin(
    'A model: scripted, so that you need no key',
    'It speaks a real protocol and plays a fixed script: five attacks, then the fix. All else is real.',
  )
  if (!begun.ok) return begun
  const key = randomBytes(16).toString('hex')
  const model = await startScriptedModel({
    script: demoScript,
    key,
    models: ['scripted-model'],
    pauseMilliseconds: cli.screen.interactive ? READING_MILLISECONDS : 0,
  })
  demo.afterwards.push(() => model.close())
  const reached = await client(demo)
  if (!reached.ok) return reached
  showCommand(
    demo,
    'airlock',
    'provider',
    'add',
    'scripted',
    '--protocol',
    'anthropic',
    '--base-url',
    model.url,
  )
  const added = await reached.value.addProvider({
    name: 'scripted',
    protocol: 'anthropic',
    baseUrl: model.url,
    key,
    models: ['scripted-model'],
  })
  if (!added.ok) return added
  narrator.done('It answers. The gateway keeps its key; the agent never holds one.')
  narrator.aside(
    '  It costs nothing; $3 and $15 per million tokens are pretended, so that you see the budget work.',
  )
  return ok('scripted')
}

async function real({ narrator }: Demo, model: string): Promise<Result<string>> {
  const begun = narrator.begin(
    `A model: ${model}, with your key`,
    'A real model does the work, for a few cents. No attack is staged: perhaps nothing is refused.',
  )
  if (!begun.ok) return begun
  narrator.done('The server has the key from your environment. The agent never holds it.')
  return ok(model)
}
