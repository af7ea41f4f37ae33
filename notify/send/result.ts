// What became of one try to send, in the words that the delivery's record shows: whole sentences that say what to do,
// without any secret.

export type SendResult =
  /** remark: it went out, but somebody should know this; null: nothing to say. */
  | { readonly outcome: 'sent'; readonly remark: string | null }
  | {
      readonly outcome: 'retry'
      readonly why: string
      /** What the receiver asked for; at most RETRY_AFTER_MS_MAX. */
      readonly retryAfterMs: number | null
      /** It is about the channel, not about this notice: others would fail alike. */
      readonly pausesChannel: boolean
    }
  /** Trying the same again is in vain until somebody changes something. */
  | { readonly outcome: 'refused'; readonly why: string }

export const SENT: SendResult = { outcome: 'sent', remark: null }

/** The channel cannot be reached or asks to be left alone for a while. */
export function pause(why: string, retryAfterMs: number | null = null): SendResult {
  return { outcome: 'retry', why, retryAfterMs, pausesChannel: true }
}

/** This notice later; others meanwhile. */
export function retryLater(why: string): SendResult {
  return { outcome: 'retry', why, retryAfterMs: null, pausesChannel: false }
}

export function refuse(why: string): SendResult {
  return { outcome: 'refused', why }
}

/** Ends a send from within, with its result; caught in send.ts alone. */
export class SendEnd extends Error {
  readonly result: SendResult

  constructor(result: SendResult) {
    super('the send has ended')
    this.name = 'SendEnd'
    this.result = result
  }
}
