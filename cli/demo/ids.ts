// Trace and span ids for the SDK: by the seed and a nonce of the run, so that a run can be told again, and two
// runs of one seed are not taken for one that was sent twice.
import { createHash } from 'node:crypto'
import type { IdGenerator } from '@opentelemetry/sdk-trace'

export function createIds(seed: number, nonce: string): IdGenerator {
  let drawn = 0
  // A digest is never all zero in practice, which OpenTelemetry forbids.
  const next = (digits: number) =>
    createHash('sha256').update(`${seed} ${nonce} ${drawn++}`).digest('hex').slice(0, digits)
  return { generateTraceId: () => next(32), generateSpanId: () => next(16) }
}
