import { ACTIONS, type ActionName, type Risk } from './action.ts'
import type { Facts } from './cedar/facts.ts'

export const RISKS = ['low', 'medium', 'high', 'critical'] as const satisfies readonly Risk[]

/** Why something is as risky as it is, besides its kind. */
export interface RiskReason {
  readonly to: Risk
  readonly reason: string
}

export interface RiskOfAction {
  readonly risk: Risk
  readonly reasons: readonly RiskReason[]
}

type About = Pick<Facts, 'touches' | 'linesChanged' | 'environment'>

/** Above this nobody reads every line with the same care. */
const MANY_LINES = 500

const SENSITIVE: Readonly<Record<string, RiskReason>> = {
  ci: { to: 'high', reason: 'It changes what CI runs.' },
  lockfile: { to: 'high', reason: 'It changes which packages are installed.' },
  policy: { to: 'critical', reason: 'It changes a policy.' },
  migration: { to: 'high', reason: 'It changes the database.' },
  protected: { to: 'high', reason: 'It changes protected paths.' },
  tests: { to: 'high', reason: 'It deletes, skips or loosens tests.' },
  checks: { to: 'high', reason: 'It changes what is checked.' },
  automation: { to: 'high', reason: 'It changes what runs by itself.' },
  instructions: { to: 'high', reason: 'It changes what agents are told.' },
  deletions: { to: 'medium', reason: 'It deletes files.' },
}

/** How risky an action is: at least as its kind, more by what it is about. The table above is all there is to it. */
export function riskOf(action: ActionName, about: About): RiskOfAction {
  const reasons: RiskReason[] = (about.touches ?? []).flatMap((touched) => SENSITIVE[touched] ?? [])
  if ((about.linesChanged ?? 0) > MANY_LINES)
    reasons.push({ to: 'high', reason: `It changes more than ${MANY_LINES} lines.` })
  if (about.environment === 'production') reasons.push({ to: 'high', reason: 'It is about production.' })
  const least = rankOf(ACTIONS[action].risk)
  const rank = Math.max(least, ...reasons.map(({ to }) => rankOf(to)))
  return { risk: RISKS[rank] ?? 'critical', reasons: reasons.filter(({ to }) => rankOf(to) >= least) }
}

export function rankOf(risk: Risk): number {
  return RISKS.indexOf(risk)
}
