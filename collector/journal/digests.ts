// Requests the journal already holds, by digest, so that a retry gets its first answer again and is not
// appended twice. Bounded in time (the late window) and in number (oldest out first, counted): the fold
// knows repeated spans too, so forgetting a digest costs work, never a wrong count.

export type Answer = { readonly rejected: number }

type Known = { readonly arrivalMs: number; readonly answer: Promise<Answer> }

export type DigestIndex = {
  readonly windowMs: number
  readonly entriesMax: number
  /** In order of arrival. */
  readonly known: Map<string, Known>
  /** Digests forgotten before their time because the index was full. */
  evicted: number
}

export function createDigestIndex(bounds: {
  readonly windowMs: number
  readonly entriesMax: number
}): DigestIndex {
  return { ...bounds, known: new Map(), evicted: 0 }
}

/** The answer this request got, or is about to get; undefined when it is new. nowMs: arrival time. */
export function findAnswer(
  index: DigestIndex,
  digest: Uint8Array,
  nowMs: number,
): Promise<Answer> | undefined {
  const known = index.known.get(keyOf(digest))
  return known && nowMs - known.arrivalMs <= index.windowMs ? known.answer : undefined
}

/** Remembers a request; an answer that fails is forgotten, so that the retry is a new request. */
export function rememberAnswer(index: DigestIndex, digest: Uint8Array, known: Known): void {
  const key = keyOf(digest)
  index.known.delete(key)
  index.known.set(key, known)
  known.answer.catch(() => {
    if (index.known.get(key) === known) index.known.delete(key)
  })
  for (const [oldest, { arrivalMs }] of index.known) {
    const isFull = index.known.size > index.entriesMax
    if (!isFull && known.arrivalMs - arrivalMs <= index.windowMs) break
    index.known.delete(oldest)
    if (isFull) index.evicted++
  }
}

function keyOf(digest: Uint8Array): string {
  return Buffer.from(digest.buffer, digest.byteOffset, digest.byteLength).toString('latin1')
}
