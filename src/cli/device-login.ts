import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { z } from 'zod'
import { DeviceAnswer, DeviceAsked } from '#contract/sign-in.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { failureIn, unreachable } from './wire-failure.ts'

/** Asks a server to be let in. */
export function askToBeLetIn(url: string, version: string): Promise<Result<DeviceAsked>> {
  return post(
    url,
    '/auth/cli/begin',
    { name: `airlock ${version} on ${hostname()}`.slice(0, 200) },
    DeviceAsked,
  )
}

/** Waits until a person has decided; the token, or why there is none. */
export async function waitToBeLetIn(url: string, asked: DeviceAsked): Promise<Result<string>> {
  for (let left = asked.expiresIn; left > 0; left -= asked.interval) {
    await pause(asked.interval * 1000)
    const answer = await post(url, '/auth/cli/token', { deviceCode: asked.deviceCode }, DeviceAnswer)
    if (!answer.ok) return answer
    if (answer.value.state === 'done') return ok(answer.value.token)
    if (answer.value.state !== 'waiting') return notLetIn(answer.value.state)
  }
  return notLetIn('over')
}

function notLetIn(state: 'denied' | 'over'): Result<never> {
  return refused({
    code: 'unauthenticated',
    message: state === 'denied' ? 'You were turned away in the browser.' : 'Nobody typed the code in time.',
    rule: 'sign-in.device',
    remedy: 'Run `airlock login` again.',
  })
}

async function post<T extends z.ZodType>(
  url: string,
  path: string,
  body: unknown,
  reply: T,
): Promise<Result<z.output<T>>> {
  let response: Response
  try {
    response = await fetch(new URL(path, url), {
      method: 'POST',
      redirect: 'error',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  } catch {
    return refused(unreachable(url))
  }
  return response.ok ? ok(reply.parse(await response.json())) : refused(await failureIn(response))
}
