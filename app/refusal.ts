// What storage refuses by its code, for people: a sentence, and the status of a route's answer. Everything
// else is not for people and goes on up.
import { StorageError } from '../storage/failure.ts'
import { problem } from './problem.ts'

/** sentence: left out where storage's own says more. */
type Refusal = { readonly status: number; readonly sentence?: string }

const REFUSALS: { readonly [code: string]: Refusal } = {
  ENVIRONMENT_UNKNOWN: { status: 404, sentence: 'There is no such environment.' },
  ENVIRONMENT_TAKEN: {
    status: 409,
    sentence: 'Real traces have come into this environment meanwhile: choose another name.',
  },
  ENVIRONMENT_OBSERVED: {
    status: 409,
    sentence: 'An environment of real traces is not removed.',
  },
  BASELINE_EMPTY: { status: 409 },
  BASELINE_UNKNOWN: { status: 404, sentence: 'There is no such baseline version.' },
  ENTRY_UNKNOWN: { status: 409 },
  ENVIRONMENT_SAME: { status: 400 },
  BASELINE_NOT_DRAFT: { status: 409 },
  BASELINE_NOT_PROPOSED: { status: 409 },
  BASELINE_CLOSED: { status: 409 },
  BASELINE_INVALID: { status: 400 },
  SELF_APPROVAL_FORBIDDEN: { status: 403 },
  REVISION_STALE: {
    status: 412,
    sentence: 'Somebody has changed this since you read it: read it again.',
  },
  NODE_TAGS_INVALID: { status: 400 },
  SETTINGS_INVALID: { status: 400 },
  BACKTEST_TOO_LARGE: { status: 409 },
  REASON_MISSING: { status: 400, sentence: 'reason: say why.' },
  ALERT_UNKNOWN: { status: 404, sentence: 'There is no such alert.' },
  ALERT_CLOSED: { status: 409 },
  ALERT_NOT_HELD: { status: 409 },
  ALERTS_TOO_MANY: { status: 400 },
  SNOOZE_UNTIL: { status: 400 },
  ACCEPT_UNTIL: { status: 400 },
  USER_UNKNOWN: { status: 400 },
  TEXT_UNSTORABLE: { status: 400 },
  ACT_UNKNOWN: { status: 404 },
  ACT_UNDONE: { status: 409 },
  ACT_KEPT: { status: 409 },
  ACT_OVERTAKEN: { status: 409 },
  CHANNEL_UNKNOWN: { status: 404 },
  CHANNEL_NAME_TAKEN: { status: 409 },
  CHANNEL_KIND_FIXED: { status: 409 },
  SECRETS_KEY_INVALID: { status: 409 },
  SECRETS_KEY_WRONG: { status: 409 },
  SECRETS_DAMAGED: { status: 409 },
  ROUTE_UNKNOWN: { status: 404 },
  ROUTE_NAME_TAKEN: { status: 409 },
  DELIVERY_UNKNOWN: { status: 404 },
}

/** A sentence for a person. Errors: rethrows what storage did not refuse on purpose. */
export function explainRefusal(error: unknown): string {
  const refusal = findRefusal(error)
  return refusal.sentence ?? (error as Error).message
}

/** The same as a route's answer. */
export function refusalOf(error: unknown): Response {
  return problem(findRefusal(error).status, explainRefusal(error))
}

function findRefusal(error: unknown): Refusal {
  const refusal = error instanceof StorageError ? REFUSALS[error.code] : undefined
  if (refusal === undefined) throw error
  return refusal
}
