// Why a thread queue (thread-queue.ts) gave no answer, for the bundled side too, which starts no thread.

const SENTENCES = {
  THREAD_BUSY: 'too many wait already',
  THREAD_LATE: 'it was not done in time',
  THREAD_LEFT: 'nobody waits for it any more',
} as const
type ThreadFailure = keyof typeof SENTENCES

export function threadFailure(code: ThreadFailure): Error {
  return Object.assign(new Error(SENTENCES[code]), { code })
}

/** Undefined: it failed in another way. */
export function threadFailureOf(error: unknown): ThreadFailure | undefined {
  const { code } = error as { readonly code?: unknown }
  return typeof code === 'string' && code in SENTENCES ? (code as ThreadFailure) : undefined
}
