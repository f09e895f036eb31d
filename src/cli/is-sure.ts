import { ok, type Result, refused } from '#kernel/result.ts'
import type { Session } from './session.ts'

/** For a command that ends something: `-y, --yes`. */
export interface SureOptions {
  readonly yes?: boolean
}

/** Says what would end, then asks, unless somebody said --yes. Nobody there to be asked is no yes. */
export async function isSure(
  session: Session<SureOptions>,
  consequences: readonly string[],
  question: string,
): Promise<Result<void>> {
  const { options, screen, prompts } = session
  if (options.yes) return ok(undefined)
  if (!screen.interactive || options.json)
    return refused({
      code: 'confirmation_needed',
      message: ['Nobody is there to be asked.', ...consequences].join(' '),
      remedy: 'Say --yes, when you are sure.',
    })
  for (const line of consequences) screen.remark(line)
  return (await prompts.confirm(question, false))
    ? ok(undefined)
    : refused({ code: 'cancelled', message: 'Nothing was changed.' })
}
