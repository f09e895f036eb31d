import { SEVERITIES, type Severity } from '../rule.ts'
import type { Sight } from './analysis.ts'
import { REMOTE, UNKNOWN_ORIGIN } from './value.ts'

/** How bad a sight is: what a stranger controls is as bad as the rule says; what a caller might control is worth a look. */
export function severityOf({ rule, sighting, origin }: Sight): Severity {
  const given = sighting.severity ?? rule.severity
  if (origin === 0 || origin === REMOTE || sighting.severity !== undefined) return given
  return origin === UNKNOWN_ORIGIN ? 'low' : weaker(given, 'medium')
}

function weaker(left: Severity, right: Severity): Severity {
  return SEVERITIES.indexOf(left) < SEVERITIES.indexOf(right) ? left : right
}

/** Of two sights of one rule at one place the worse one is told. */
export function rankOf(sight: Sight): number {
  return SEVERITIES.indexOf(severityOf(sight)) * 10 + sight.origin
}
