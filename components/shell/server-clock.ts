'use client'
// The server's clock in the browser, for "4 s ago" and "in 3 s": the browser's own may be minutes off.
import { useEffect, useState } from 'react'
import { useLive } from './live.tsx'

const TICK_MS = 500

/** Unix ms by the server's clock, twice a second. readMs: when the server made what is shown. */
export function useServerNow(readMs: number): number {
  const { pulse } = useLive()
  const told = Math.max(readMs, pulse?.nowMs ?? 0)
  const [nowMs, setNowMs] = useState(told)
  useEffect(() => {
    const startedAt = performance.now()
    const tick = () => setNowMs(told + performance.now() - startedAt)
    tick()
    const timer = setInterval(tick, TICK_MS)
    return () => clearInterval(timer)
  }, [told])
  return nowMs
}
