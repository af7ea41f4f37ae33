// A SpanBatch as plain values, for tests that ask about one span.
import { assert } from 'vitest'
import type {
  AttributeSet,
  DecodeCounts,
  DecodeResult,
  SpanBatch,
} from '../../../core/span/batch.ts'
import { RESOURCE_KEYS, SPAN_KEYS } from '../../../core/span/keys.ts'

export type Decoded = { readonly batch: SpanBatch; readonly counts: DecodeCounts }

export function accepted(result: DecodeResult): Decoded {
  assert(result.ok, result.ok ? '' : result.reason)
  return result
}

/** Kept attributes of a span by name. */
export function spanAttributes(batch: SpanBatch, span = 0): { [name: string]: string } {
  return named(batch, batch.attributeSets[batch.attributes[span]!]!, SPAN_KEYS)
}

export function resourceAttributes(batch: SpanBatch, span = 0): { [name: string]: string } {
  return named(batch, batch.resourceSets[batch.resources[span]!]!, RESOURCE_KEYS)
}

export function families(batch: SpanBatch, span = 0): number {
  return batch.attributeSets[batch.attributes[span]!]!.families
}

function named(
  batch: SpanBatch,
  set: AttributeSet,
  keys: readonly { readonly name: string }[],
): { [name: string]: string } {
  const values: { [name: string]: string } = {}
  for (const [at, key] of set.keys.entries()) {
    values[keys[key]!.name] = batch.strings[set.values[at]!]!
  }
  return values
}
