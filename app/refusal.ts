// Sentences for what storage refuses by its code; everything else is not for people and goes on up.
import { StorageError } from '../storage/failure.ts'

const SENTENCES: { readonly [code: string]: string } = {
  ENVIRONMENT_UNKNOWN: 'There is no such environment.',
  ENVIRONMENT_TAKEN: 'Real traces have come into this environment meanwhile: choose another name.',
  BASELINE_EMPTY: 'No edge had calls in this window: choose a longer one.',
  ENVIRONMENT_OBSERVED: 'An environment of real traces is not removed.',
  REASON_MISSING: 'Say why.',
  ALERT_UNKNOWN: 'There is no such alert.',
  ALERT_CLOSED: 'Somebody has decided this alert already, or it was withdrawn.',
}

/** A sentence for a person. Errors: rethrows what storage did not refuse on purpose. */
export function explainRefusal(error: unknown): string {
  const sentence = error instanceof StorageError ? SENTENCES[error.code] : undefined
  if (sentence === undefined) throw error
  return sentence
}
