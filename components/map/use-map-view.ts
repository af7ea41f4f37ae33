'use client'
// The view that a page shows, kept fresh: it is read again when the live wire says so, at most about once
// a second; while a form is open the newer view waits and its changes are counted.
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { useLive } from '../shell/live.tsx'
import type { MapView } from './map-view.ts'
import { countChanges } from './view-changes.ts'

const READ_EVERY_MS = 800

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
  const take = useEffectEvent((next: MapView) => {
    if (next.environment !== view.environment || next.window !== view.window) return
    if (isPaused) setWaiting(next)
    else {
      setView(next)
      setWaiting(null)
    }
  })
  const { environment, window: span } = initial
  const reading = useRef<AbortController | null>(null)
  useEffect(() => {
    const read = throttle(READ_EVERY_MS, async () => {
      reading.current?.abort()
      reading.current = new AbortController()
      const next = await readView(environment, span, reading.current.signal)
      if (next) take(next)
    })
    const stop = onChange(read.call)
    return () => {
      stop()
      read.cancel()
      reading.current?.abort()
    }
  }, [environment, span, onChange])
  const showWaiting = () => {
    if (waiting) setView(waiting)
    setWaiting(null)
  }
  return { view, waitingChanges: waiting ? countChanges(view, waiting) : 0, showWaiting }
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

/** Runs at once, then at most once in a period, and once more at its end when it was called within. */
function throttle(periodMs: number, act: () => void): { call: () => void; cancel: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isWanted = false
  const rest = () => {
    timer = undefined
    if (!isWanted) return
    isWanted = false
    run()
  }
  const run = () => {
    act()
    timer = setTimeout(rest, periodMs)
  }
  return {
    call: () => {
      if (timer === undefined) run()
      else isWanted = true
    },
    cancel: () => clearTimeout(timer),
  }
}
