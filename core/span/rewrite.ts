// A batch as it would have been at another time, under other trace ids, in another environment: for sending
// a capture again. Span ids, links and everything that makes the graph stay as they are.
import type { AttributeSet, SpanBatch } from './batch.ts'
import { RESOURCE_KEYS } from './keys.ts'

export type Rewrite = {
  /** Added to every time that is set. */
  readonly shiftNanos: bigint
  /**
   * 16 random bytes that change every trace id, of spans and of links alike, or null. Equal ids stay equal
   * and different ones different; a 64-bit id (first half zero) stays one, so that it still meets the
   * 128-bit id it is the end of.
   */
  readonly traceMask: Uint8Array | null
  /** The environment of every span, or null to leave what is stated. */
  readonly environment: string | null
}

const ENVIRONMENT = keyPosition('deployment.environment.name')
const OLDER_ENVIRONMENT = keyPosition('deployment.environment')
const TRACE_BYTES = 16

/** A new batch; the given one stays as it is. */
export function rewriteBatch(batch: SpanBatch, rewrite: Rewrite): SpanBatch {
  const { shiftNanos, traceMask, environment } = rewrite
  return {
    ...batch,
    ...(environment === null ? {} : moveTo(batch, environment)),
    traceIds: maskTraceIds(batch.traceIds, traceMask),
    linkTraceIds: maskTraceIds(batch.linkTraceIds, traceMask),
    startUnixNanos: batch.startUnixNanos.map((nanos) => shiftTime(nanos, shiftNanos)),
    endUnixNanos: batch.endUnixNanos.map((nanos) => shiftTime(nanos, shiftNanos)),
  }
}

/** 0 is a time that was not set. */
function shiftTime(nanos: bigint, shiftNanos: bigint): bigint {
  if (nanos === 0n) return 0n
  const shifted = nanos + shiftNanos
  return shifted < 1n ? 1n : BigInt.asUintN(64, shifted)
}

function maskTraceIds(ids: Uint8Array, mask: Uint8Array | null): Uint8Array {
  if (mask === null) return ids
  const masked = ids.slice()
  for (let start = 0; start < ids.length; start += TRACE_BYTES) {
    const isShort = ids.subarray(start, start + TRACE_BYTES / 2).every((byte) => byte === 0)
    for (let at = isShort ? TRACE_BYTES / 2 : 0; at < TRACE_BYTES; at++)
      masked[start + at] = ids[start + at]! ^ mask[at]!
  }
  return masked
}

function moveTo(
  batch: SpanBatch,
  environment: string,
): Pick<SpanBatch, 'strings' | 'resourceSets'> {
  const value = batch.strings.length
  const resourceSets = batch.resourceSets.map((set) => withEnvironment(set, value))
  return { strings: [...batch.strings, environment], resourceSets }
}

function withEnvironment(set: AttributeSet, value: number): AttributeSet {
  const kept = [...set.keys]
    .map((key, at) => [key, set.values[at]!] as const)
    .filter(([key]) => key !== ENVIRONMENT && key !== OLDER_ENVIRONMENT)
  const pairs = [...kept, [ENVIRONMENT, value] as const].sort(([a], [b]) => a - b)
  return {
    families: set.families,
    keys: Uint8Array.from(pairs, ([key]) => key),
    values: Uint32Array.from(pairs, ([, position]) => position),
  }
}

function keyPosition(name: string): number {
  const position = RESOURCE_KEYS.findIndex((key) => key.name === name)
  if (position < 0) throw new Error(`no kept attribute ${name}`)
  return position
}
