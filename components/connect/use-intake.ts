'use client'
// What has come in, read again at each commit and every few seconds, so that "a moment ago" stays true.
import { useEffect, useState } from 'react'
import { useLive } from '../shell/live.tsx'
import type { IntakeView } from './intake-view.ts'

const READ_EVERY_MS = 5_000
/** A busy collector commits four times a second. */
const PAUSE_MS = 1_000

/** initial: as the server read it for the page. */
export function useIntake(initial: IntakeView): IntakeView {
  const [view, setView] = useState(initial)
  const { onChange } = useLive()
  useEffect(() => {
    const asking = new AbortController()
    let isReading = false
    let isStale = false
    const read = async () => {
      isStale = isReading
      if (isReading) return
      isReading = true
      const next = await readIntake(asking.signal)
      if (next) setView(next)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      isReading = false
      if (isStale && !asking.signal.aborted) void read()
    }
    const stop = onChange(() => void read())
    const timer = setInterval(() => void read(), READ_EVERY_MS)
    return () => {
      stop()
      clearInterval(timer)
      asking.abort()
    }
  }, [onChange])
  return view
}

async function readIntake(signal: AbortSignal): Promise<IntakeView | null> {
  try {
    const answer = await fetch('/api/v1/intake', { signal })
    return answer.ok ? ((await answer.json()) as IntakeView) : null
  } catch {
    return null // aborted, or the server is away: the header says so
  }
}
