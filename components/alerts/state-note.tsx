// What a state that nobody decided means for who reads the alert.
import type { AlertState } from '../../core/baseline/alert-state.ts'

const NOTES: { readonly [state in AlertState]?: string } = {
  recovered:
    'What strayed was not seen for long, so this alert closed by itself. Seen again, it opens as a new episode.',
  flapping:
    'What strays comes and goes. Nobody is told again until it stays away for long; it waits for your decision.',
}

export function StateNote({ state }: { readonly state: AlertState }) {
  const note = NOTES[state]
  return note ? <p className="mt-1.5 text-[13px]">{note}</p> : null
}
