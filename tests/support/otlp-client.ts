// A sender that behaves as an exporter should: what is not acknowledged is sent again, the same bytes.
import { waitFor } from './process.ts'

export type Sender = {
  /** Where to send now; it may move when a collector is restarted. */
  readonly httpUrl: () => string
  readonly headers?: Readonly<Record<string, string>>
}

export type SendCounts = { acknowledged: number; retries: number }

/**
 * Sends bodies as OTLP protobuf until each was answered with 200, `lanes` at a time, in order of the list.
 * onAcknowledged: after each, with how many there are so far.
 */
export async function sendAll(
  sender: Sender,
  bodies: readonly Uint8Array[],
  lanes: number,
  onAcknowledged: (acknowledged: number) => void = () => {},
): Promise<SendCounts> {
  const counts: SendCounts = { acknowledged: 0, retries: 0 }
  let next = 0
  const lane = async () => {
    for (let body = bodies[next++]; body; body = bodies[next++]) {
      while (!(await sendOnce(sender, body))) {
        counts.retries++
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      counts.acknowledged++
      onAcknowledged(counts.acknowledged)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return counts
}

/** Whether it was acknowledged. A connection that breaks is the collector being gone. */
async function sendOnce(sender: Sender, body: Uint8Array): Promise<boolean> {
  const headers = { 'content-type': 'application/x-protobuf', ...sender.headers }
  const request = { method: 'POST', headers, body: Buffer.from(body) }
  try {
    const response = await fetch(`${sender.httpUrl()}/v1/traces`, request)
    await response.arrayBuffer()
    if (response.status === 200) return true
    if (response.status === 503) return false
    throw new Error(`the collector answered ${response.status}`)
  } catch (error) {
    if (error instanceof TypeError) return false // fetch's word for every broken connection
    throw error
  }
}

/** The value of one metric (with its labels, as written), or undefined. */
export async function readMetric(httpUrl: string, name: string): Promise<number | undefined> {
  const text = await (await fetch(`${httpUrl}/metrics`)).text()
  const line = text.split('\n').find((each) => each.startsWith(`${name} `))
  return line === undefined ? undefined : Number(line.slice(name.length + 1))
}

/** Waits until every accepted span is final. */
export async function waitUntilFinal(httpUrl: string, spans: number): Promise<void> {
  await waitFor(
    `${spans} spans to be final`,
    async () => {
      const accepted = (await readMetric(httpUrl, 'strayline_spans_accepted_total')) ?? 0
      const duplicate = (await readMetric(httpUrl, 'strayline_spans_duplicate_total')) ?? 0
      const pending = await readMetric(httpUrl, 'strayline_spans_pending')
      return accepted - duplicate === spans && pending === 0 ? true : undefined
    },
    40_000,
  )
}
