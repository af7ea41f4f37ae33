// Moments in a baseline file: a date is the start of that day (UTC), anything else an ISO 8601 moment with its
// zone. Source: ISO 8601, as ECMA-262 "Date Time String Format" has it.

const FORM =
  /^(?:\d{4}|[+-]\d{6})-(\d{2})-(\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/
const DAY_MS = 86_400_000

/** Unix ms; null when the text is no date and no moment. */
export function readMoment(text: string): number | null {
  const form = FORM.exec(text)
  if (!form) return null
  const moment = Date.parse(text)
  if (!Number.isFinite(moment)) return null
  // Date.parse lets 31 February be 3 March.
  const day = new Date(text.split('T', 1)[0] ?? text)
  const isThere = day.getUTCMonth() + 1 === Number(form[1]) && day.getUTCDate() === Number(form[2])
  return isThere ? moment : null
}

/** Shortest text that readMoment reads back. */
export function writeMoment(at: Date): string {
  const text = at.toISOString()
  return at.getTime() % DAY_MS === 0 ? text.slice(0, text.indexOf('T')) : text.replace('.000Z', 'Z')
}
