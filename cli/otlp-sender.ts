// Sends OTLP/HTTP requests as an exporter should: what may be tried again is, after the time the collector asks
// for or a growing one, and with an end; what may not is one sentence.
// Source: OTLP specification, "OTLP/HTTP Response", "Failures", "OTLP/HTTP Throttling", "OTLP/HTTP Connection".

export type Endpoint = { readonly tracesUrl: string; readonly metricsUrl: string }

export type Sender = {
  readonly endpoint: Endpoint
  readonly headers: { readonly [name: string]: string }
  readonly retryForMs: number
  retries: number
}

const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504])
const FIRST_PAUSE_MS = 200
const PAUSE_MS_MAX = 5_000
const ANSWER_WITHIN_MS = 60_000

/** Where a collector at this URL takes traces and tells its metrics; null when it is no such URL. */
export function parseEndpoint(text: string): Endpoint | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  if (!['http:', 'https:'].includes(url.protocol) || url.username || url.password) return null
  const base = url.origin + url.pathname.replace(/\/*(v1\/traces)?\/*$/, '')
  return { tracesUrl: `${base}/v1/traces`, metricsUrl: `${base}/metrics` }
}

export function createSender(
  endpoint: Endpoint,
  { token, retryForMs }: { readonly token: string | null; readonly retryForMs: number },
): Sender {
  const headers = {
    'content-type': 'application/x-protobuf',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  }
  return { endpoint, headers, retryForMs, retries: 0 }
}

/** Sends until it is acknowledged. Gives null, or why it never will be. body: ExportTraceServiceRequest. */
export async function sendRequest(sender: Sender, body: Uint8Array): Promise<string | null> {
  const untilMs = Date.now() + sender.retryForMs
  for (let attempt = 0; ; attempt++) {
    const answer = await sendOnce(sender, body)
    if (answer.kind === 'acknowledged') return null
    if (answer.kind === 'refused') return answer.reason
    const pauseMs = answer.retryAfterMs ?? growingPause(attempt)
    if (Date.now() + pauseMs > untilMs) return `${answer.reason}, and no longer tried again`
    sender.retries++
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

type Answer =
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'again'; readonly reason: string; readonly retryAfterMs: number | null }

async function sendOnce({ endpoint, headers }: Sender, body: Uint8Array): Promise<Answer> {
  const { tracesUrl } = endpoint
  try {
    const response = await fetch(tracesUrl, {
      method: 'POST',
      headers,
      body: Buffer.from(body),
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    await response.arrayBuffer()
    if (response.ok) return { kind: 'acknowledged' }
    const reason = `${tracesUrl} answered ${response.status}${describeStatus(response.status)}`
    if (!RETRYABLE.has(response.status)) return { kind: 'refused', reason }
    return { kind: 'again', reason, retryAfterMs: readRetryAfter(response.headers) }
  } catch (error) {
    return { kind: 'again', reason: `${tracesUrl} ${describeBreak(error)}`, retryAfterMs: null }
  }
}

function describeStatus(status: number): string {
  if (status === 401) return ': the ingest token is missing or wrong (--token)'
  if (status === 404) return ': no OTLP/HTTP receiver is there'
  if (status === 413) return ': a request is larger than it takes'
  return ''
}

/** fetch throws a TypeError for every broken connection, and a DOMException when the time is over. */
function describeBreak(error: unknown): string {
  if (error instanceof DOMException) return `gave no answer within ${ANSWER_WITHIN_MS / 1000} s`
  if (!(error instanceof TypeError)) throw error
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException
  return code === 'ECONNREFUSED' ? 'refuses connections' : `cannot be reached (${code ?? 'fetch'})`
}

/** Seconds or a date. Source: RFC 9110, section 10.2.3. */
function readRetryAfter(headers: Headers): number | null {
  const text = headers.get('retry-after')?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  const dateMs = Date.parse(text)
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - Date.now())
}

/** Doubles, with jitter, so that many senders do not come back at once. */
function growingPause(attempt: number): number {
  const pauseMs = Math.min(PAUSE_MS_MAX, FIRST_PAUSE_MS * 2 ** attempt)
  return pauseMs * (0.5 + Math.random() / 2)
}
