'use client'
// The view that a page shows, kept fresh: it is read again when the live wire says so, one reading at a time
// and at most about one a second; while a form is open the newer view waits and its changes are counted.
import { useEffect, useEffectEvent, useState } from 'react'
import { useLive } from '../shell/live.tsx'
import type { MapView } from './map-view.ts'
import { countChanges } from './view-changes.ts'

const READ_EVERY_MS = 800
/** A reading that takes longer is given up: its connection may be dead. */
const READ_WITHIN_MS = 30_000

export type FollowedView = {
  readonly view: MapView
  /** Changes that wait to be shown; 0 when none do. */
  readonly waitingChanges: number
  readonly showWaiting: () => void
}

/** initial: the server's reading; isPaused: a form is open. */
export function useMapView(initial: MapView, isPaused: boolean): FollowedView {
  const [view, setView] = useState(initial)
  const [waiting, setWaiting] = useState<MapView | null>(null)
  const [seen, setSeen] = useState(initial)
  if (seen !== initial) {
    setSeen(initial)
    setView(initial)
    setWaiting(null)
  }
  const { onChange } = useLive()
  // A reading may come in between the page's new view and its first painting.
  const fits = (one: MapView) =>
    one.environment === initial.environment && one.window === initial.window
  const take = useEffectEvent((next: MapView) => {
    if (!fits(next)) return
    if (isPaused) setWaiting(next)
    else {
      setView(next)
      setWaiting(null)
    }
  })
  const { environment, window: span } = initial
  useEffect(() => {
    const leaving = new AbortController()
    const read = throttle(READ_EVERY_MS, async () => {
      const signal = AbortSignal.any([leaving.signal, AbortSignal.timeout(READ_WITHIN_MS)])
      const next = await readView(environment, span, signal)
      if (next) take(next)
    })
    const stop = onChange(read.call)
    return () => {
      stop()
      read.cancel()
      leaving.abort()
    }
  }, [environment, span, onChange])
  const shown = fits(view) ? view : initial
  const newer = waiting && fits(waiting) ? waiting : null
  const showWaiting = () => {
    if (newer) setView(newer)
    setWaiting(null)
  }
  return { view: shown, waitingChanges: newer ? countChanges(shown, newer) : 0, showWaiting }
}

/** Reads a view from the API; null when it could not be had (the next change tries again). */
export async function readView(
  environment: string,
  span: string,
  signal: AbortSignal,
): Promise<MapView | null> {
  const query = new URLSearchParams({ environment, window: span })
  try {
    const answer = await fetch(`/api/v1/graph?${query}`, { signal })
    return answer.ok ? ((await answer.json()) as MapView) : null
  } catch {
    // Aborted, or the server is away: the live state in the header says which.
    return null
  }
}

type Throttled = { readonly call: () => void; readonly cancel: () => void }

/** Runs at once, then neither beside itself nor twice in a period, and once more when it was called within. */
function throttle(periodMs: number, act: () => Promise<void>): Throttled {
  let isBusy = false
  let isWanted = false
  let isCancelled = false
  const run = async () => {
    isBusy = true
    isWanted = false
    await Promise.all([act(), new Promise((resolve) => setTimeout(resolve, periodMs))])
    isBusy = false
    if (isWanted && !isCancelled) void run()
  }
  return {
    call: () => {
      if (isBusy) isWanted = true
      else void run()
    },
    cancel: () => {
      isCancelled = true
    },
  }
}
