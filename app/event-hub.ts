// One LISTEN for the whole web process, and everybody who wants to hear of it. What is told is read once
// for all: how far the collector has come and how many alerts are open.
import 'server-only'
import type { Pulse } from '../components/shell/pulse.ts'
import { countOpenAlerts } from '../storage/alerts.ts'
import { listenSequence } from '../storage/events.ts'
import { readPosition } from '../storage/position.ts'
import type { Sql } from '../storage/sql.ts'
import { untraced } from '../telemetry/trace.ts'
import { database } from './database.ts'
import { oncePerProcess, webProcess } from './web-process.ts'

/** At most so often a change is told: a busy collector commits four times a second. */
const TELL_EVERY_MS = 250

/** Of one person, whose hidden tabs hold none; and of all. */
const STREAMS_PER_USER_MAX = 20
const STREAMS_MAX = 1_000

export type Subscriber = {
  readonly userId: string
  readonly onChange: (pulse: Pulse) => void
  readonly onStop: () => void
}

type Hub = { readonly subscribers: Set<Subscriber>; timer: NodeJS.Timeout | null; isStale: boolean }

/** Adds a subscriber and returns how to leave. The first one starts the LISTEN, which then stays. */
export function subscribe(subscriber: Subscriber): () => void {
  const hub = oncePerProcess('event-hub', startHub)
  hub.subscribers.add(subscriber)
  return () => hub.subscribers.delete(subscriber)
}

/** Whether there is room for another stream of this user. */
export function hasRoomFor(userId: string): boolean {
  const { subscribers } = oncePerProcess('event-hub', startHub)
  if (subscribers.size >= STREAMS_MAX) return false
  return [...subscribers].filter((one) => one.userId === userId).length < STREAMS_PER_USER_MAX
}

/** Reads the pulse of the moment. Errors: rejects when the database is down. */
export async function readPulse(sql: Sql = database()): Promise<Pulse> {
  const [position, openAlerts] = await Promise.all([readPosition(sql), countOpenAlerts(sql, null)])
  return {
    sequence: position === null ? null : String(position.sequence),
    committedMs: position?.committedAtMs ?? null,
    nowMs: Date.now(),
    openAlerts,
  }
}

function startHub(): Hub {
  const hub: Hub = { subscribers: new Set(), timer: null, isStale: false }
  listenSequence(database(), () => noteChange(hub)).catch((error: unknown) => {
    // The streams stay open and go on with their heartbeat; the next subscriber starts over.
    console.error(error)
    webProcess().made.delete('event-hub')
  })
  webProcess().closeStreams = () => {
    for (const subscriber of hub.subscribers) subscriber.onStop()
  }
  return hub
}

/** Tells at once, then at most once in a while, and never forgets the last change. */
function noteChange(hub: Hub): void {
  if (hub.timer !== null) {
    hub.isStale = true
    return
  }
  hub.isStale = false
  hub.timer = setTimeout(() => {
    hub.timer = null
    if (hub.isStale) noteChange(hub)
  }, TELL_EVERY_MS)
  // A commit may be one of our own spans: a look that it causes must not make the next ones.
  untraced(readPulse).then(
    (pulse) => {
      for (const subscriber of hub.subscribers) subscriber.onChange(pulse)
    },
    (error: unknown) => console.error(error),
  )
}
