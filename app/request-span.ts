// A server span for each request that the pages and routes answer. It says method, route and status; never the
// query, which may hold a token, nor a path that is none of ours, which is a stranger's text.
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tracing } from '../telemetry/trace.ts'

/** Scripts and styles, answered without a look at the database. */
const BUILT_FILES = '/_next/'

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Answers the request inside a span, as part of the caller's trace when it names one. */
export function answerInSpan(
  handle: Handle,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const active = tracing()
  const [path = '/'] = (request.url ?? '/').split('?')
  if (active === null || path.startsWith(BUILT_FILES)) return handle(request, response)
  const { method = 'GET' } = request
  const span = {
    name: method,
    kind: 'server',
    attributes: { 'http.request.method': method },
  } as const
  return active.inTraceOf(request.headers, () =>
    active.inSpan(span, async (annotate) => {
      await handle(request, response)
      if (!response.closed) await once(response, 'close')
      const { statusCode } = response
      const route = isOurs(statusCode) ? { 'http.route': routeOf(path) } : {}
      annotate({ 'http.response.status_code': statusCode, ...route }, statusCode >= 500)
    }),
  )
}

/** Unknown paths end in 404, and for strangers in a redirect to the sign-in page. */
function isOurs(statusCode: number): boolean {
  return statusCode < 300 || statusCode === 304 || statusCode >= 500
}

/** Our own ids are numbers. */
function routeOf(path: string): string {
  return path.replace(/\/\d+(?=\/|$)/g, '/{id}')
}
