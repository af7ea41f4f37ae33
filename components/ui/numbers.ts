// Numbers as people read them. One locale for all, so that server and browser write the same.

const WHOLE = new Intl.NumberFormat('en-US')
const COMPACT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 })

/** 12,345 */
export function formatCount(count: number): string {
  return WHOLE.format(count)
}

/** `≈ 12,345`: by sampling weights, not counted. */
export function formatEstimate(count: number): string {
  return `≈ ${WHOLE.format(count)}`
}

/** 12.3K */
export function formatCompact(count: number): string {
  return count < 10_000 ? WHOLE.format(count) : COMPACT.format(count)
}

/** '0.4 ms', '37 ms', '1.2 s'; '–' when nothing was measured. */
export function formatDuration(durationMs: number | null): string {
  if (durationMs === null) return '–'
  if (durationMs < 10) return `${durationMs.toFixed(1)} ms`
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`
  if (durationMs < 60_000) return `${(durationMs / 1000).toFixed(1)} s`
  return `${(durationMs / 60_000).toFixed(1)} min`
}

/** '0 %', '0.4 %', '12 %'; '–' without calls. */
export function formatRatio(part: number, whole: number): string {
  if (whole <= 0) return '–'
  const percent = (100 * part) / whole
  if (percent === 0) return '0 %'
  return percent < 10 ? `${percent.toFixed(1)} %` : `${Math.round(percent)} %`
}

/** '1 edge', '3 edges'. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** '512 B', '3.4 MiB'. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(1)} KiB`
  if (bytes < 1024 ** 3) return `${(bytes / 1024 ** 2).toFixed(1)} MiB`
  return `${(bytes / 1024 ** 3).toFixed(2)} GiB`
}
