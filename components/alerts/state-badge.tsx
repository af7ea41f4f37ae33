// The state of an alert: a sign and a word.
import type { AlertState } from '../../core/baseline/alert-state.ts'

/** Also on an alert's edge in its small map. */
export const STATE_SIGNS: { readonly [state in AlertState]: string } = {
  open: '+',
  snoozed: '…',
  accepted: '✓',
  rejected: '×',
  recovered: '↩',
  flapping: '~',
  withdrawn: '–',
}

const QUIET = 'border border-line-strong text-muted'
const CLASSES: { readonly [state in AlertState]: string } = {
  open: 'bg-drift text-on-drift',
  snoozed: QUIET,
  accepted: QUIET,
  rejected: 'border border-drift text-drift',
  recovered: QUIET,
  flapping: 'border border-drift text-drift',
  withdrawn: QUIET,
}

export function StateBadge({ state }: { readonly state: AlertState }) {
  return (
    <span
      className={`inline-flex h-5 items-center gap-1 rounded px-1.5 text-[11px] font-semibold ${CLASSES[state]}`}
    >
      <span aria-hidden>{STATE_SIGNS[state]}</span>
      {state}
    </span>
  )
}
