import { ok, type Result } from '#kernel/result.ts'
import { type Demo, readingTime } from './demo.ts'
import { showArrival } from './steps/arrival.ts'
import { decide } from './steps/decision.ts'
import { chooseModel } from './steps/model.ts'
import { checkLog, proveOffline, tamper } from './steps/proof.ts'
import { makeRepository } from './steps/sample-repository.ts'
import { startServer } from './steps/server.ts'
import { workOnTask } from './steps/task.ts'

/** The demo from its first step to its last, or to where the person ends it. */
export async function walk(demo: Demo): Promise<Result<'all of it' | 'not approved'>> {
  const repository = await makeRepository(demo)
  if (!repository.ok) return repository
  const server = await startServer(demo)
  if (!server.ok) return server
  const model = await chooseModel(demo)
  if (!model.ok) return model
  const task = await workOnTask(demo, model.value)
  if (!task.ok) return task
  const decided = await decide(demo, task.value)
  if (!decided.ok || decided.value === 'not approved') return decided as Result<'not approved'>
  for (const step of [showArrival, proveOffline, tamper, checkLog]) {
    await readingTime(demo)
    const taken = await step(demo, decided.value)
    if (!taken.ok) return taken
  }
  return ok('all of it')
}
