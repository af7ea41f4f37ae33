// Numbers from the bytes of a message into the typed columns of a batch.
// No object a copy, because these run several times a span.

/** This machine's byte order, and so where the low half of a 64-bit number lies in a typed array. */
const IS_LITTLE = new Uint32Array(BigUint64Array.of(1n).buffer)[0] === 1
const LOW = IS_LITTLE ? 0 : 1

/** One byte at a time: ids are short. */
export function copyBytes(
  from: Uint8Array,
  fromAt: number,
  to: Uint8Array,
  toAt: number,
  length: number,
): void {
  for (let byte = 0; byte < length; byte++) to[toAt + byte] = from[fromAt + byte]!
}

/** Bytes in their order, four at a time; toAt and length count words. */
export function copyWords(
  from: DataView,
  fromAt: number,
  to: Int32Array,
  toAt: number,
  length: number,
): void {
  for (let word = 0; word < length; word++) {
    to[toAt + word] = from.getInt32(fromAt + 4 * word, IS_LITTLE)
  }
}

/** words: the column of 64-bit numbers as 32-bit halves. A position of 0 means the field was absent. */
export function copyNanos(view: DataView, at: number, words: Uint32Array, row: number): void {
  words[2 * row + LOW] = at === 0 ? 0 : view.getUint32(at, true)
  words[2 * row + 1 - LOW] = at === 0 ? 0 : view.getUint32(at + 4, true)
}
