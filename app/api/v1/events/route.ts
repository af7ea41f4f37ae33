// /api/v1/events: server-sent events of one browser tab. `pulse` comes at once and every few seconds
// as the heartbeat, `change` when something was committed or decided, `end` when the session is over.
import { LISTEN_TO_EVENTS } from '../../../contract/routes/about.ts'
import { methods, serve } from '../../../contract/serve.ts'
import { hasRoomFor, readPulse, subscribe } from '../../../event-hub.ts'
import { problem } from '../../../problem.ts'
import { readSession, type SessionUser } from '../../../session.ts'
import { webProcess } from '../../../web-process.ts'

const HEARTBEAT_MS = 15_000
/** A revoked session loses its stream within this time. */
const SESSION_CHECK_MS = 10_000

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(LISTEN_TO_EVENTS, async ({ request, caller }) => {
    if (caller.kind !== 'person') return null
    if (webProcess().isStopping) return problem(503, 'The server is stopping.')
    if (!hasRoomFor(caller.id)) return problem(429, 'Too many pages of yours are open: close some.')
    return new Response(openStream(request, caller), {
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      },
    })
  }),
)

function openStream(
  request: Request,
  { id: userId, sessionId }: SessionUser,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let close = () => {}
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (event: string, data: unknown) =>
        controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`))
      const leave = subscribe({
        userId,
        onChange: (pulse) => send('change', pulse),
        onStop: () => close(),
      })
      const tellPulse = () => readPulse().then((pulse) => isOpen && send('pulse', pulse), ignore)
      const heartbeat = setInterval(tellPulse, HEARTBEAT_MS)
      const check = setInterval(async () => {
        if (await hasEnded(request.headers, sessionId)) {
          if (isOpen) send('end', {})
          close()
        }
      }, SESSION_CHECK_MS)
      let isOpen = true
      close = () => {
        if (!isOpen) return
        isOpen = false
        clearInterval(heartbeat)
        clearInterval(check)
        leave()
        controller.close()
      }
      request.signal.addEventListener('abort', () => close())
      controller.enqueue(encoder.encode('retry: 2000\n\n'))
      void tellPulse()
    },
    cancel: () => close(),
  })
}

/** Whether the session is gone. A database that cannot be asked ends nothing. */
async function hasEnded(headers: Headers, sessionId: string): Promise<boolean> {
  try {
    return (await readSession(headers))?.sessionId !== sessionId
  } catch {
    return false
  }
}

function ignore(): void {
  // The database is away: the next heartbeat tries again, and the header shows what it last knew.
}
