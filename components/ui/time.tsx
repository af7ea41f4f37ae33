'use client'
// A moment in the browser's zone, in UTC on hover. The server does not know the zone, so it sends UTC
// and the browser replaces it once it runs.
import { useSyncExternalStore } from 'react'

const subscribeNever = () => () => {}

/** Whether this renders in the browser, after hydration. */
export function useIsBrowser(): boolean {
  return useSyncExternalStore(
    subscribeNever,
    () => true,
    () => false,
  )
}

/** ms: unix ms. */
export function Time({ ms }: { readonly ms: number }) {
  const isBrowser = useIsBrowser()
  const utc = formatUtc(ms)
  return (
    <time dateTime={new Date(ms).toISOString()} title={utc} className="number whitespace-nowrap">
      {isBrowser ? formatLocal(ms) : utc}
    </time>
  )
}

/** '2026-11-22 06:23:45 UTC'. */
export function formatUtc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

function formatLocal(ms: number): string {
  return new Intl.DateTimeFormat(undefined, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(ms)
}
