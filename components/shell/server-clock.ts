'use client'
// The server's clock in the browser, for "4 s ago" and "in 3 s": the browser's own may be minutes off.
import { useEffect, useState } from 'react'
import { useLive } from './live.tsx'

const TICK_MS = 500

/** Unix ms by the server's clock, twice a second; null until it has told. */
export function useServerNow(): number | null {
  const { pulse } = useLive()
  const told = pulse?.nowMs ?? null
  const [nowMs, setNowMs] = useState<number | null>(null)
  useEffect(() => {
    if (told === null) return
    const startedAt = performance.now()
    const tick = () => setNowMs(told + performance.now() - startedAt)
    tick()
    const timer = setInterval(tick, TICK_MS)
    return () => clearInterval(timer)
  }, [told])
  return nowMs
}
