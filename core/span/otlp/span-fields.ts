// Fields of a span that are more than a number.
import { weightOfTraceState } from '../sampling.ts'
import { readLength, readTag, readVarint, skipField, type WireReader } from './wire.ts'

const STATUS_CODE = 0x18
const STATUS_ERROR = 2

/** Whether the merged status is ERROR: a second Status without a code leaves the first one's. */
export function readStatus(wire: WireReader, end: number, before: boolean): boolean {
  let isError = before
  while (wire.pos < end) {
    const tag = readTag(wire, end)
    if (tag === STATUS_CODE) isError = readVarint(wire, end) === STATUS_ERROR
    else skipField(wire, end, tag)
  }
  return isError
}

/** Steps over a name; equal for equal names, and mostly different for others. */
export function readLikeness(wire: WireReader, end: number, resource: number): number {
  const { pos, view } = wire
  wire.pos = end
  if (end - pos < 4) return resource
  const middle = view.getInt32(pos + ((end - pos - 4) >> 1), true)
  return Math.imul(resource ^ middle, 0x9e3779b1) ^ view.getInt32(end - 4, true) ^ (end - pos)
}

export function readWeight(wire: WireReader, end: number): number {
  const start = wire.pos
  wire.pos = end
  return weightOfTraceState(wire.bytes, start, end)
}

/** Position of an id (never 0: a tag and a length stand before it); 0 = empty, -1 = of wrong length. */
export function readId(wire: WireReader, end: number, length: number): number {
  const found = readLength(wire, end)
  const start = wire.pos
  wire.pos = start + found
  return found === length ? start : found === 0 ? 0 : -1
}
