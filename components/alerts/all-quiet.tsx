// The alerts page with nothing in it: says which nothing it is.
import type { AlertState } from '../../core/baseline/alert-state.ts'
import { Time } from '../ui/time.tsx'

export type AllQuietProps = {
  readonly state: AlertState | 'all'
  /** Last commit of the collector; null before the first. */
  readonly committedMs: number | null
}

export function AllQuiet({ state, committedMs }: AllQuietProps) {
  const isWaiting = state === 'open' || state === 'all'
  return (
    <div className="grid flex-1 place-items-center p-6">
      <div className="max-w-md text-center">
        <h2 className="text-[15px] font-semibold">
          {isWaiting ? 'All quiet' : `No alert is ${state}`}
        </h2>
        <p className="mt-1.5 text-muted">
          {!isWaiting ? (
            'Choose another state above.'
          ) : committedMs === null ? (
            'Nothing has been collected yet, so nothing could stray.'
          ) : (
            <>
              Every edge seen up to <Time ms={committedMs} /> is in its baseline, was decided, or
              belongs to an environment without a baseline.
            </>
          )}
        </p>
      </div>
    </div>
  )
}
