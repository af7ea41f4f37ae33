// Why an edge that strays is an alert, in the panel: how bad, what speaks for it and what against.
import type { AlertView } from '../alerts/alert-view.ts'
import { SeverityBadge } from '../alerts/severity-badge.tsx'
import { Name } from '../ui/name.tsx'
import { Time } from '../ui/time.tsx'

export function EdgeReasons({ alert }: { readonly alert: AlertView }) {
  const { severity, snoozedUntilMs, reasons, reasonsAgainst } = alert
  return (
    <>
      <p className="mt-1.5 flex flex-wrap gap-x-3 text-[13px] text-muted">
        <SeverityBadge severity={severity} />
        {snoozedUntilMs === null ? null : (
          <span>
            Snoozed until <Time ms={snoozedUntilMs} />
          </span>
        )}
      </p>
      <ReasonList reasons={reasons} />
      {reasonsAgainst.length > 0 ? (
        <p className="mt-2 text-[12.5px] font-semibold text-muted">What speaks against it</p>
      ) : null}
      <ReasonList reasons={reasonsAgainst} />
    </>
  )
}

function ReasonList({ reasons }: { readonly reasons: readonly string[] }) {
  if (reasons.length === 0) return null
  return (
    <ul className="mt-2 list-disc pl-4 text-[13px] text-muted">
      {reasons.map((reason) => (
        <li key={reason}>
          <Name>{reason}</Name>
        </li>
      ))}
    </ul>
  )
}
