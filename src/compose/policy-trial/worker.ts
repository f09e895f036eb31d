/** Tries the policies it is given, and says what came of it: a thread of its own, with a memory and a stack of its own to run out of. */
import { parentPort, workerData } from 'node:worker_threads'
import { tryPolicies } from '#policy/trial.ts'

parentPort?.postMessage(tryPolicies(workerData.before, workerData.after))
