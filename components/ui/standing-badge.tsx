// How an edge stands to the baseline, as a badge: a sign, a word and a colour, in that order of weight.
import type { DriftKind } from '../../core/baseline/drift.ts'
import type { EdgeStanding } from '../map/map-view.ts'

const BADGES: {
  readonly [standing in EdgeStanding]: { sign: string; word: string; className: string }
} = {
  new: { sign: '+', word: 'new', className: 'bg-drift font-semibold text-on-drift' },
  rejected: {
    sign: '×',
    word: 'rejected',
    className: 'border border-drift font-semibold text-drift',
  },
  known: { sign: '✓', word: 'in baseline', className: '-ml-1.5 font-normal text-muted' },
  neutral: { sign: '·', word: 'no baseline', className: '-ml-1.5 font-normal text-faint' },
}

/** In what other way than by being new an edge strays. */
const DRIFT_WORDS: { readonly [kind in DriftKind]?: string } = {
  denied: 'denied',
  expired: 'expired',
  downgraded: 'not encrypted',
}

export type StandingBadgeProps = {
  readonly standing: EdgeStanding
  readonly kind: DriftKind | null
}

export function StandingBadge({ standing, kind }: StandingBadgeProps) {
  const { sign, word, className } = BADGES[standing]
  const driftWord = standing === 'new' && kind !== null ? DRIFT_WORDS[kind] : undefined
  return (
    <span
      className={`inline-flex h-5 items-center gap-1 rounded px-1.5 text-[11.5px] ${className}`}
    >
      <span aria-hidden>{sign}</span>
      {driftWord ?? word}
    </span>
  )
}
