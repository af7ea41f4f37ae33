// COPY into a table from a stream, with an end when the server refuses it. postgres.js 3.4.9 never settles the
// stream of a COPY that fails at its end (porsager/postgres#1173): the transaction would wait for ever, and the
// error go nowhere. It is told to the query, though, which is where this listens.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { PendingQuery, Row } from 'postgres'

/** What the library calls with the error of a query; not among its types. */
type Rejectable = { reject: (error: unknown) => void }

/**
 * Runs `copy ... from stdin` with these pieces of COPY text. Errors: the server's own, after which the transaction
 * is over.
 */
export async function copyIn(
  copy: PendingQuery<Row[]>,
  pieces: Iterable<string> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const refused = listenForError(copy as unknown as Rejectable)
  const sink = await copy.writable()
  await Promise.race([pipeline(Readable.from(pieces), sink), refused])
}

/** Never resolves. */
function listenForError(copy: Rejectable): Promise<never> {
  const settle = copy.reject
  const refused = new Promise<never>((_, reject) => {
    copy.reject = (error) => {
      settle(error)
      reject(error)
    }
  })
  // It may be refused before anybody waits for it.
  refused.catch(() => {})
  return refused
}
