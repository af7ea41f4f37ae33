// NOTIFY and LISTEN on the channel `strayline`. The payload is a sequence number and nothing else:
// who hears it reads again. The same number may come more than once; each means "something
// changed".
import { readPosition } from './position.ts'
import type { Query, Sql } from './sql.ts'

const CHANNEL = 'strayline'

/** Tells listeners when (and only if) the transaction commits. */
export async function notifySequence(tx: Query, sequence: bigint): Promise<void> {
  await tx`select pg_notify(${CHANNEL}, ${String(sequence)})`
}

/** For changes outside a commit of the collector: tells the sequence as it stands. */
export async function notifyChange(tx: Query): Promise<void> {
  await notifySequence(tx, (await readPosition(tx))?.sequence ?? 0n)
}

export type Listening = { readonly stop: () => Promise<void> }

/**
 * Calls `onSequence` at each change, and after a lost connection is made again, because what was
 * notified in between is lost. Takes one connection of its own; reconnects by itself.
 */
export async function listenSequence(
  sql: Sql,
  onSequence: (sequence: bigint) => void,
): Promise<Listening> {
  let listens = 0
  const onListen = async () => {
    if (listens++ === 0) return
    const position = await readPosition(sql).catch(() => null) // the next notification will do
    onSequence(position?.sequence ?? 0n)
  }
  const listening = await sql.listen(CHANNEL, (text) => onSequence(BigInt(text)), onListen)
  return { stop: () => listening.unlisten() }
}
