'use client'
// The live state in the header, in words beside a dot.
import { type LiveState, useLive } from './live.tsx'
import { type Pulse, silentMinutes } from './pulse.ts'

export function LiveIndicator() {
  const { state, pulse } = useLive()
  const { text, tone } = sayState(state, pulse)
  return (
    <span
      role="status"
      className="flex items-center gap-2 text-[12.5px] whitespace-nowrap text-muted"
      title="Whether this page follows the collector"
    >
      <span aria-hidden className={`size-2 rounded-full ${DOTS[tone]}`} />
      <span className="max-sm:sr-only">{text}</span>
    </span>
  )
}

const DOTS = {
  good: 'bg-ink',
  waiting: 'border-[1.5px] border-muted',
  bad: 'bg-warn rotate-45 rounded-none',
}

function sayState(
  state: LiveState,
  pulse: Pulse | null,
): { text: string; tone: keyof typeof DOTS } {
  if (state === 'connecting') return { text: 'connecting', tone: 'waiting' }
  if (state === 'reconnecting') return { text: 'reconnecting', tone: 'bad' }
  if (state === 'paused') return { text: 'paused', tone: 'waiting' }
  if (pulse === null || pulse.committedMs === null) return { text: 'live', tone: 'good' }
  const minutes = silentMinutes(pulse)
  if (minutes === null) return { text: 'live', tone: 'good' }
  return { text: `collector silent for ${sayMinutes(minutes)}`, tone: 'bad' }
}

function sayMinutes(minutes: number): string {
  if (minutes < 120) return `${minutes} min`
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h`
  return `${Math.floor(minutes / 1440)} d`
}
