// Trace and span ids as text: hex in OTLP/JSON, padded base64 in the plain JSON mapping of protobuf that
// some tools write. The two never have the same length, so nothing is guessed.

/** Writes the bytes of an id at target[at]; false when the text is not exactly that many bytes. */
export function writeId(id: unknown, target: Uint8Array, at: number, bytes: number): boolean {
  if (typeof id !== 'string') return false
  if (id.length === 2 * bytes) return writeHex(id, target, at, bytes)
  if (id.length === 4 * Math.ceil(bytes / 3)) return writeBase64(id, target, at, bytes)
  return false
}

function writeHex(id: string, target: Uint8Array, at: number, bytes: number): boolean {
  for (let byte = 0; byte < bytes; byte++) {
    const high = hexDigit(id.charCodeAt(2 * byte))
    const low = hexDigit(id.charCodeAt(2 * byte + 1))
    if (high < 0 || low < 0) return false
    target[at + byte] = (high << 4) | low
  }
  return true
}

function hexDigit(unit: number): number {
  if (unit >= 48 && unit <= 57) return unit - 48
  const letter = unit | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}

function writeBase64(id: string, target: Uint8Array, at: number, bytes: number): boolean {
  const digits = Math.ceil((bytes * 8) / 6)
  let bits = 0
  let count = 0
  let byte = 0
  for (let index = 0; index < id.length; index++) {
    const digit = base64Digit(id.charCodeAt(index))
    if (index >= digits ? id[index] !== '=' : digit < 0) return false
    if (index >= digits) continue
    bits = ((bits << 6) | digit) & 0xffff
    count += 6
    if (count >= 8) {
      count -= 8
      target[at + byte++] = (bits >> count) & 0xff
    }
  }
  return byte === bytes
}

/** Both alphabets of RFC 4648. */
function base64Digit(unit: number): number {
  if (unit >= 65 && unit <= 90) return unit - 65
  if (unit >= 97 && unit <= 122) return unit - 71
  if (unit >= 48 && unit <= 57) return unit + 4
  if (unit === 43 || unit === 45) return 62
  return unit === 47 || unit === 95 ? 63 : -1
}
