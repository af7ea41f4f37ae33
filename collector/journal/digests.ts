// Requests the journal already holds, by digest, so that a retry gets its first answer again and is not
// appended twice. Bounded in time (the late window) and in number (oldest out first, counted). The fold knows
// repeated spans too, but starts anew when settings change: so digests outlive their segments (digest-file.ts).

export type Answer = { readonly rejected: number }

export type Known = {
  readonly arrivalMs: number
  readonly rejected: number
  /** The answer, once it may be given: the request is durable. */
  readonly answer: Promise<Answer>
}

export type DigestIndex = {
  readonly windowMs: number
  readonly entriesMax: number
  /** In order of arrival. */
  readonly known: Map<string, Known>
  /** Those whose request is on disk for good. */
  readonly durable: WeakSet<Known>
  /** Digests forgotten before their time because the index was full. */
  evicted: number
}

export function createDigestIndex(bounds: {
  readonly windowMs: number
  readonly entriesMax: number
}): DigestIndex {
  return { ...bounds, known: new Map(), durable: new WeakSet(), evicted: 0 }
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
  known.answer.then(
    () => index.durable.add(known),
    () => {
      if (index.known.get(key) === known) index.known.delete(key)
    },
  )
  for (const [oldest, { arrivalMs }] of index.known) {
    const isFull = index.known.size > index.entriesMax
    if (!isFull && known.arrivalMs - arrivalMs <= index.windowMs) break
    index.known.delete(oldest)
    if (isFull) index.evicted++
  }
}

/** A request of an earlier process, known to be durable. */
export function recallAnswer(
  index: DigestIndex,
  digest: Uint8Array,
  told: { readonly arrivalMs: number; readonly rejected: number },
): void {
  const { arrivalMs, rejected } = told
  rememberAnswer(index, digest, { arrivalMs, rejected, answer: Promise.resolve({ rejected }) })
}

/** The durable requests of the window that ends at nowMs (arrival time), oldest first. */
export function* listDurable(
  index: DigestIndex,
  nowMs: number,
): Generator<{ digest: Uint8Array; arrivalMs: number; rejected: number }> {
  for (const [key, known] of index.known) {
    const { arrivalMs, rejected } = known
    if (!index.durable.has(known) || nowMs - arrivalMs > index.windowMs) continue
    yield { digest: Buffer.from(key, 'latin1'), arrivalMs, rejected }
  }
}

function keyOf(digest: Uint8Array): string {
  return Buffer.from(digest.buffer, digest.byteOffset, digest.byteLength).toString('latin1')
}
