// The one way a decoder leaves a body it cannot read; caught at its door and turned into a reason.

/** Thrown inside a decoder only. The message names the place, never content of the body. */
export class Malformed extends Error {}

/** The result of decoding, or {ok: false} with the reason of a Malformed; anything else is rethrown. */
export function catchMalformed<T>(decode: () => T): T | { ok: false; reason: string } {
  try {
    return decode()
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, reason: error.message }
    throw error
  }
}
