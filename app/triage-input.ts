// What people and programs ask of triage, as storage takes it: the same for a form and for the API.
import type { z } from 'zod'
import type { NodePattern } from '../core/baseline/content.ts'
import type { TriageChoice } from '../storage/triage.ts'
import type { Pattern } from '../storage/triage-accept.ts'
import type { ActBody } from './contract/routes/alerts.ts'

type Act = z.output<typeof ActBody>

/** The choice of an act, beside who and why. */
export function choiceOf(act: Act): TriageChoice {
  switch (act.act) {
    case 'accept': {
      const { untilMs: expiresAtMs, purpose, owner, ticket, pattern } = act
      const acceptance = {
        expiresAtMs,
        purpose,
        owner,
        ticket,
        pattern: pattern && patternOf(pattern),
      }
      return { action: 'accept', acceptance }
    }
    case 'snooze':
      return { action: 'snooze', untilMs: act.untilMs }
    case 'assign':
      return { action: 'assign', assignee: act.assignee }
    default:
      return { action: act.act }
  }
}

type WrittenPattern = NonNullable<Extract<Act, { act: 'accept' }>['pattern']>

/** A glob that was left out is absent in parsed JSON, never undefined. */
function patternOf({ source, target }: WrittenPattern): Pattern {
  const of = (written: WrittenPattern['source']) =>
    written === 'any' ? {} : (written as NodePattern)
  return { source: of(source), target: of(target) }
}
