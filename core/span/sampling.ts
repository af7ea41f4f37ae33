// The sampling weight of a span: how many spans of its kind it stands for, from the rejection threshold
// `th` in the `ot` member of its W3C tracestate. Nothing else of a tracestate is read or kept.
// A weight is kept as a code of 16 bits: 5 bits of exponent + 1 and 11 bits of fraction, so that codes
// compare as weights do, and a weight is a whole number of 1/WEIGHT_UNIT: sums are exact. 0: not stated.
// Source: OpenTelemetry specification, "TraceState: Probability Sampling"; W3C Trace Context 3.3.1.

/** Parts of one call in which weights are counted. */
export const WEIGHT_UNIT = 2048
const FRACTION_BITS = 11
/** The code of weight 1: sampled always. */
export const WEIGHT_ONE = 1 << FRACTION_BITS

/** Heavier claims count as 2^20: a stranger's word must not drown what was seen. */
const EXPONENT_MAX = 20
const THRESHOLD_DIGITS = 14
const COMMA = 0x2c
const SEMICOLON = 0x3b
const SPACE = 0x20
const TAB = 0x09

/** The code of the weight that a tracestate states, or 0. bytes from .. to: its header text. */
export function weightOfTraceState(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    while (at < to && (bytes[at] === SPACE || bytes[at] === TAB)) at++
    if (hasPair(bytes, at, to, OT)) return weightOfMember(bytes, at + OT.length, to)
    while (at < to && bytes[at] !== COMMA) at++
  }
  return 0
}

const OT = [0x6f, 0x74, 0x3d] // ot=
const TH = [0x74, 0x68, 0x3a] // th:

function hasPair(bytes: Uint8Array, at: number, to: number, name: readonly number[]): boolean {
  if (at + 3 > to) return false
  return bytes[at] === name[0] && bytes[at + 1] === name[1] && bytes[at + 2] === name[2]
}

function weightOfMember(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to && bytes[at] !== COMMA; at++) {
    if (hasPair(bytes, at, to, TH)) return weightOfThreshold(bytes, at + TH.length, to)
    while (at < to && bytes[at] !== SEMICOLON && bytes[at] !== COMMA) at++
    if (bytes[at] === COMMA) return 0
  }
  return 0
}

/** 1 to 14 hex digits in lower case, as if followed by zeros: of 2^56 random values so many are rejected. */
function weightOfThreshold(bytes: Uint8Array, from: number, to: number): number {
  let high = 0
  let low = 0
  let digits = 0
  for (let at = from; at < to && !isEnd(bytes[at]!); at++) {
    const digit = hexDigit(bytes[at]!)
    if (digit < 0 || digits === THRESHOLD_DIGITS) return 0
    if (digits < 7) high = high * 16 + digit
    else low = low * 16 + digit
    digits++
  }
  if (digits === 0) return 0
  for (; digits < THRESHOLD_DIGITS; digits++) {
    if (digits < 7) high *= 16
    else low *= 16
  }
  return weightCode(2 ** 56 / ((2 ** 28 - high) * 2 ** 28 - low))
}

function isEnd(byte: number): boolean {
  return byte === SEMICOLON || byte === COMMA || byte === SPACE || byte === TAB
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1
}

/** weight: 1 or more. */
function weightCode(weight: number): number {
  const exponent = Math.floor(Math.log2(weight))
  const code = ((exponent + 1) << FRACTION_BITS) + Math.round((weight / 2 ** exponent - 1) * 2048)
  return Math.min(code, (EXPONENT_MAX + 1) << FRACTION_BITS)
}

/** The code of the nearest power of two. */
export function coarseWeight(code: number): number {
  return Math.round(code / WEIGHT_UNIT) * WEIGHT_UNIT
}

/** The weight in 1/WEIGHT_UNIT; a span of unknown weight stands for itself. */
export function weightUnits(code: number): number {
  if (code <= WEIGHT_ONE) return WEIGHT_UNIT
  return (WEIGHT_UNIT + (code & 2047)) * 2 ** ((code >>> FRACTION_BITS) - 1)
}

/** The tracestate that states a weight, '' for code 0: weightOfTraceState of it gives the code again. */
export function traceStateOfWeight(code: number): string {
  if (code === 0) return ''
  const kept = (2n ** 56n * BigInt(WEIGHT_UNIT)) / BigInt(weightUnits(code))
  const threshold = (2n ** 56n - kept).toString(16).padStart(THRESHOLD_DIGITS, '0')
  return `ot=th:${threshold.replace(/0+$/, '') || '0'}`
}
