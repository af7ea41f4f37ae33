// The state of an alert: a sign and a word.
import type { AlertState } from '../../core/baseline/alert-state.ts'

const BADGES: { readonly [state in AlertState]: { sign: string; className: string } } = {
  open: { sign: '+', className: 'bg-drift text-on-drift' },
  snoozed: { sign: '…', className: 'border border-line-strong text-muted' },
  accepted: { sign: '✓', className: 'border border-line-strong text-muted' },
  rejected: { sign: '×', className: 'border border-drift text-drift' },
  recovered: { sign: '↩', className: 'border border-line-strong text-muted' },
  flapping: { sign: '~', className: 'border border-drift text-drift' },
  withdrawn: { sign: '–', className: 'border border-line-strong text-muted' },
}

export function StateBadge({ state }: { readonly state: AlertState }) {
  const { sign, className } = BADGES[state]
  return (
    <span
      className={`inline-flex h-5 items-center gap-1 rounded px-1.5 text-[11px] font-semibold ${className}`}
    >
      <span aria-hidden>{sign}</span>
      {state}
    </span>
  )
}
