// "How we know": the verdict on an edge in one sentence, what to fix, and calls by the rule that inferred them.
import { TRUST_RULES } from '../../core/graph/edge.ts'
import { Name } from '../ui/name.tsx'
import { formatCount, formatRatio } from '../ui/numbers.ts'
import type { EdgeDetail } from './detail-view.ts'
import { judgeTrust, TRUST_WORDS, type TrustEnd } from './trust-view.ts'

export type TrustProps = {
  readonly detail: EdgeDetail
  readonly ends: { readonly source: TrustEnd; readonly target: TrustEnd }
}

export function Trust({ detail, ends }: TrustProps) {
  const { trust, calls, sampledCalls } = detail
  const { verdict, fix } = judgeTrust(trust, ends.source, ends.target)
  const rows = TRUST_RULES.filter((rule) => trust[rule] > 0)
  return (
    <div className="flex flex-col gap-2.5 text-[13px]">
      <p>
        {rows.length === 0 ? 'No calls have been counted yet.' : verdict}
        {fix ? (
          <span className="mt-1 block text-muted">
            To fix: {fix.before}
            <Name>{fix.name}</Name>
            {fix.after}
          </span>
        ) : null}
      </p>
      <ul className="number flex flex-col gap-1">
        {rows.map((rule) => (
          <li key={rule} className="flex justify-between gap-3">
            <span>{TRUST_WORDS[rule]}</span>
            <span className="text-muted">{formatCount(trust[rule])}</span>
          </li>
        ))}
        {sampledCalls > 0 ? (
          <li className="flex justify-between gap-3">
            <span>sampled, in this window</span>
            <span className="text-muted">{formatRatio(sampledCalls, calls)}</span>
          </li>
        ) : null}
      </ul>
    </div>
  )
}
