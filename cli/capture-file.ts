// A capture file of any form and packing -> its requests, each problem with its place: file in the
// archive, line, request. The one way in which the command and the tests read captures.

import { displayName } from '../core/graph/label.ts'
import { DEFAULT_DECODE_LIMITS, type DecodeLimits } from '../core/span/batch.ts'
import { readCapture } from '../core/span/import/sniff.ts'
import type { CaptureRequest } from '../core/span/import/value.ts'
import { boundText } from '../core/span/text.ts'
import { unpack } from './unpack.ts'

/** Of the name of a file in an archive. */
const NAME_BYTES_MAX = 1024

/**
 * Yields the requests in order. bytes: the file as it is. Place is '' for the file as a whole, or else
 * where in it. Throws nothing on input.
 */
export function* readCaptureFile(
  bytes: Uint8Array,
  limits: DecodeLimits = DEFAULT_DECODE_LIMITS,
): Generator<CaptureRequest, void, void> {
  for (const file of unpack(bytes)) {
    const name = displayName(boundText(file.name, NAME_BYTES_MAX))
    if (!file.ok) {
      yield { ok: false, place: name, reason: file.reason }
      continue
    }
    for (const request of readCapture(file.bytes, limits)) {
      if (request.ok || name === '') yield request
      else if (request.place === 'file') yield { ...request, place: name }
      else yield { ...request, place: `${name}: ${request.place}` }
    }
  }
}
