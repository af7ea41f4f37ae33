// The windows of time that a graph is read for. Ends now.

export const WINDOWS = ['15m', '1h', '24h', '7d', '30d'] as const
export type Window = (typeof WINDOWS)[number]
export const DEFAULT_WINDOW: Window = '24h'

export const WINDOW_LABELS: { readonly [window in Window]: string } = {
  '15m': '15 minutes',
  '1h': '1 hour',
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
}

const MINUTE_MS = 60_000
const WINDOW_MS: { readonly [window in Window]: number } = {
  '15m': 15 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '24h': 24 * 60 * MINUTE_MS,
  '7d': 7 * 24 * 60 * MINUTE_MS,
  '30d': 30 * 24 * 60 * MINUTE_MS,
}

/** The window as unix ms, starting on a whole minute because buckets do; the end takes in the running minute. */
export function windowRange(window: Window, nowMs: number): { fromMs: number; toMs: number } {
  const fromMs = Math.floor((nowMs - WINDOW_MS[window]) / MINUTE_MS) * MINUTE_MS
  return { fromMs, toMs: (Math.floor(nowMs / MINUTE_MS) + 2) * MINUTE_MS }
}

/** The shortest window, ending now, that has what was seen then; the longest for what is older than all. */
export function windowSince(seenMs: number, nowMs: number): Window {
  const shortest = WINDOWS.find((window) => windowRange(window, nowMs).fromMs <= seenMs)
  return shortest ?? WINDOWS[WINDOWS.length - 1] ?? DEFAULT_WINDOW
}
