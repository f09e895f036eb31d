/**
 * Judges the examples of every rule of every guard and says what went wrong: a thread of its own, since it takes seconds, and behind
 * everybody else, since nobody waits for it.
 */
import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { failedExamples as failedCode } from '#guards/code-scan/self-check.ts'
import { failedExamples as failedCommands } from '#guards/command/self-check.ts'
import { failedExamples as failedInjections } from '#guards/injection/self-check.ts'
import { failedExamples as failedPersonalData } from '#guards/personal-data/self-check.ts'
import { failedExamples as failedSecrets } from '#guards/secrets/self-check.ts'

// Linux takes this for the calling thread alone.
if (process.platform === 'linux') setPriority(0, 19)
const checks = [failedCommands, failedSecrets, failedPersonalData, failedInjections, failedCode]
parentPort?.postMessage(checks.flatMap((failed) => failed()))
