// What a collector's /metrics says about the spans it was sent, and waiting until they are all final.

/** Units: spans; seconds. */
export type FoldState = {
  readonly pending: number
  readonly commitLagSeconds: number
}

const POLL_MS = 250
const ANSWER_WITHIN_MS = 10_000
const WAIT_MS_MAX = 15 * 60_000

/** Whether a collector answers there, even one that has just started and knows nothing of its fold yet. */
export async function isCollector(metricsUrl: string): Promise<boolean> {
  return (await findCollectorProblem(metricsUrl)) === null
}

/** Null when a Strayline collector answers there; else what is there instead. */
export async function findCollectorProblem(metricsUrl: string): Promise<string | null> {
  const text = await fetchText(metricsUrl)
  if (text === null) return `no collector answers at ${new URL(metricsUrl).origin}`
  if (/^strayline_/m.test(text)) return null
  return `--wait needs the metrics of a Strayline collector, and ${metricsUrl} has none`
}

/** Null when the collector does not answer, or does not know yet. */
async function readFoldState(metricsUrl: string): Promise<FoldState | null> {
  const text = (await fetchText(metricsUrl)) ?? ''
  const pending = readGauge(text, 'strayline_spans_pending')
  const commitLagSeconds = readGauge(text, 'strayline_commit_lag_seconds')
  if (pending === null || commitLagSeconds === null) return null
  return { pending, commitLagSeconds }
}

/**
 * Until everything acknowledged is committed and final, for whoever sent it. Gives null, or why it stopped
 * waiting. Spans are not counted: a collector takes requests of equal bytes for a retry, and captures have
 * such. Seen twice, because the lag of a record is 0 in the millisecond in which it comes.
 */
export async function waitUntilFinal(
  metricsUrl: string,
  onPending: (spans: number) => void,
): Promise<string | null> {
  const untilMs = Date.now() + WAIT_MS_MAX
  for (let seen = 0; ; ) {
    const state = await readFoldState(metricsUrl)
    seen = state && state.pending === 0 && state.commitLagSeconds === 0 ? seen + 1 : 0
    if (seen === 2) break
    const found = state ? `${state.pending} spans pending` : 'the collector does not tell'
    if (Date.now() > untilMs) return `gave up waiting after 15 minutes: ${found}`
    if (state) onPending(state.pending)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  return null
}

/** Null when nobody answers. */
async function fetchText(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
    const text = await response.text()
    return response.ok ? text : ''
  } catch (error) {
    // fetch's words for a broken connection, and for the time being over.
    if (error instanceof TypeError || error instanceof DOMException) return null
    throw error
  }
}

function readGauge(text: string, name: string): number | null {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `))
  const value = line === undefined ? Number.NaN : Number(line.slice(name.length + 1))
  return Number.isFinite(value) ? value : null
}
