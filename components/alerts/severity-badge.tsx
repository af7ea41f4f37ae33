// How bad an alert is: a shape and a word, the fuller the worse.
import type { Severity } from '../../core/baseline/drift.ts'

const BADGES: { readonly [severity in Severity]: { sign: string; className: string } } = {
  critical: { sign: '◆', className: 'font-semibold text-danger' },
  high: { sign: '▲', className: 'font-semibold text-ink' },
  medium: { sign: '●', className: 'text-muted' },
  low: { sign: '○', className: 'text-muted' },
}

export function SeverityBadge({ severity }: { readonly severity: Severity }) {
  const { sign, className } = BADGES[severity]
  return (
    <span className={`inline-flex items-center gap-1 text-[12px] ${className}`}>
      <span aria-hidden>{sign}</span>
      <span className="sr-only">severity </span>
      {severity}
    </span>
  )
}
