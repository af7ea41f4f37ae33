'use client'
// Sends a test message and follows it until it has arrived or is given up, in a sentence that changes.
import { Send } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useEffect, useState, useTransition } from 'react'
import { type Refused, saved } from '../settings/form.tsx'
import { buttonClass } from '../ui/button.ts'
import { Name } from '../ui/name.tsx'
import type { DeliveryView } from './notification-view.ts'

const ASK_EVERY_MS = 500
/** A try ends within 10 s: who has not begun by now is not there. */
const WORKER_WITHIN_MS = 20_000

export type TestAction = (input: {
  readonly id: string
}) => Promise<{ readonly ok: true; readonly deliveryId: string } | Refused>

type Outcome = Pick<DeliveryView, 'state' | 'attempts' | 'lastError'>
type Told = { readonly tone: 'plain' | 'good' | 'bad'; readonly sentence: string }

export type TestButtonProps = {
  readonly channelId: string
  readonly name: string
  readonly test: TestAction
}

export function TestButton({ channelId, name, test }: TestButtonProps) {
  const [deliveryId, setDeliveryId] = useState<string | null>(null)
  const [told, setTold] = useState<Told | null>(null)
  const [isPending, startTransition] = useTransition()
  const router = useRouter()
  useEffect(() => {
    if (deliveryId === null) return
    const startMs = Date.now()
    return follow(deliveryId, (outcome) => {
      setTold(tell(outcome, Date.now() - startMs))
      // What the page says of the channel's health has changed with it.
      if (outcome.state !== 'waiting') router.refresh()
    })
  }, [deliveryId, router])
  const press = () =>
    startTransition(async () => {
      setDeliveryId(null)
      setTold({ tone: 'plain', sentence: 'Sending a test message…' })
      const result = await saved(test({ id: channelId }))
      if (result.ok) setDeliveryId(result.deliveryId)
      else setTold({ tone: 'bad', sentence: result.problems[0]?.sentence ?? 'Nothing was sent.' })
    })
  return (
    <>
      <button
        type="button"
        className={buttonClass('outline')}
        aria-label={`Test ${name}`}
        disabled={isPending}
        onClick={press}
      >
        <Send size={14} aria-hidden /> Test
      </button>
      <p
        role="status"
        className={`basis-full text-[13px] [overflow-wrap:anywhere] empty:hidden ${TONES[told?.tone ?? 'plain']}`}
      >
        {told === null ? null : <Name>{told.sentence}</Name>}
      </p>
    </>
  )
}

const NO_WORKER =
  'It still waits: the notification worker has not taken it. `strayline doctor` says whether it runs.'

const TONES = { plain: 'text-muted', good: 'font-medium', bad: 'text-danger' } as const

function tell({ state, attempts, lastError }: Outcome, waitedMs: number): Told {
  if (state === 'sent') return { tone: 'good', sentence: '✓ The test message has arrived.' }
  if (state === 'waiting' && attempts === 0)
    return waitedMs < WORKER_WITHIN_MS
      ? { tone: 'plain', sentence: 'Sending a test message…' }
      : { tone: 'bad', sentence: NO_WORKER }
  if (state === 'waiting') return { tone: 'plain', sentence: 'Waiting for an answer…' }
  return { tone: 'bad', sentence: `✗ ${lastError ?? 'It was not taken.'}` }
}

/** Asks for a delivery until it has ended. Returns how to stop asking. */
function follow(deliveryId: string, onOutcome: (outcome: Outcome) => void): () => void {
  const asking = new AbortController()
  const timer = setInterval(async () => {
    const outcome = await readOutcome(deliveryId, asking.signal)
    if (outcome === null || asking.signal.aborted) return
    onOutcome(outcome)
    if (outcome.state !== 'waiting') clearInterval(timer)
  }, ASK_EVERY_MS)
  return () => {
    asking.abort()
    clearInterval(timer)
  }
}

async function readOutcome(deliveryId: string, signal: AbortSignal): Promise<Outcome | null> {
  try {
    const answer = await fetch(`/api/v1/deliveries/${deliveryId}`, { signal })
    return answer.ok ? ((await answer.json()) as Outcome) : null
  } catch {
    return null // aborted, or the server is away: asked again in a moment
  }
}
