// What an HTTP answer means for a delivery. Source: RFC 9110 (status codes, Retry-After); the receivers' own pages on
// errors: Slack, Teams, PagerDuty, Opsgenie, Alertmanager all keep to these classes.
import { plainText } from './plain-text.ts'
import { pause, refuse, retryLater, SENT, type SendResult } from './result.ts'

export type Answer = {
  readonly status: number
  readonly retryAfter: string | undefined
  /** Its beginning; '' for what was not read. */
  readonly body: string
}

const RETRY_AFTER_MS_MAX = 24 * 3_600_000
const REASON_CHARACTERS_MAX = 200

/** nowMs: unix ms, for a Retry-After that is a date. */
export function judgeAnswer(answer: Answer, place: string, nowMs: number): SendResult {
  const { status } = answer
  if (status >= 200 && status < 300) return SENT
  const reason = readReason(answer.body)
  const said = `${place} answered ${status}${reason === '' ? '' : ` ("${reason}")`}`
  const retryAfterMs = readRetryAfterMs(answer.retryAfter, nowMs)
  if (status === 429) return pause(`${said}: it asks for fewer messages.`, retryAfterMs)
  if (status >= 502 && status <= 504) return pause(`${said}: it is not well.`, retryAfterMs)
  if (status >= 500) return retryLater(`${said}: it failed on the message.`)
  if (status === 408 || status === 425) return retryLater(`${said}: it asks to try again.`)
  return refuse(`${said}: ${adviseOn(status)}`)
}

/** Seconds or a date -> ms from now. Source: RFC 9110, section 10.2.3. */
function readRetryAfterMs(text: string | undefined, nowMs: number): number | null {
  const stated = text?.trim() ?? ''
  const isDate = /^[A-Z][a-z]+,? /.test(stated)
  const untilMs = isDate ? Date.parse(stated) - nowMs : Number.NaN
  const afterMs = /^\d{1,9}$/.test(stated) ? Number(stated) * 1000 : untilMs
  return Number.isNaN(afterMs) ? null : Math.min(Math.max(afterMs, 0), RETRY_AFTER_MS_MAX)
}

function adviseOn(status: number): string {
  if (status < 400)
    return 'redirects are not followed; give the channel the address to which it leads.'
  if (status === 401 || status === 403)
    return "it does not accept the channel's secrets; check them there and enter them anew."
  if (status === 404 || status === 410)
    return "nothing takes messages at the channel's address; check it."
  if (status === 405) return "the channel's address takes no messages; check it."
  if (status === 413) return 'the message is too large for it.'
  return 'it does not take the message; check the kind and the settings of the channel.'
}

/** The words of a JSON or short plain answer; '' for a page or nothing. */
function readReason(body: string): string {
  const text = body.trim()
  const words = text.startsWith('{') || text.startsWith('[') ? wordsOf(parse(text)) : [text]
  if (text.startsWith('<')) return ''
  return plainText(words.join('; '), REASON_CHARACTERS_MAX)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Cut short, or not JSON after all.
    return null
  }
}

const REASON_KEYS = ['error', 'message', 'detail', 'title', 'errors']
const DEPTH_MAX = 3

function wordsOf(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return []
  if (Array.isArray(value)) return value.slice(0, 5).flatMap((one) => wordsOf(one, depth + 1))
  const fields = new Map<string, unknown>(Object.entries(value))
  const words = REASON_KEYS.flatMap((key) => wordsOf(fields.get(key), depth + 1))
  return [...new Set(words)]
}
