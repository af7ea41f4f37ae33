// Shapes that many routes share: identities, names, trust, and what a person may write.
import { z } from 'zod'
import { DEFAULT_WINDOW, WINDOWS } from '../../components/map/windows.ts'
import { PROTOCOLS } from '../../core/graph/edge.ts'
import { NODE_KINDS } from '../../core/graph/node.ts'
import { Environment, StoredId } from '../api-input.ts'
import { named } from './named-schemas.ts'

export const Count = z.int().min(0)
/** Unix ms. */
export const Time = z.number().describe('Unix ms.')
export const TimeOrNull = Time.nullable()
const QuantileMs = z.number().nullable().describe('ms; null: nothing was measured.')

export const NodeKeyShape = named(
  'NodeKey',
  z.strictObject({
    environment: z.string(),
    kind: z.enum(NODE_KINDS),
    namespace: z.string().describe("'' when there is none; only services have one."),
    name: z.string(),
  }),
)
export const ProtocolShape = named('Protocol', z.enum(PROTOCOLS))

export const TrustShape = named(
  'Trust',
  z
    .strictObject({
      paired: z.number(),
      hop: z.number(),
      clientOnly: z.number(),
      serverOnly: z.number(),
      peer: z.number(),
      messaging: z.number(),
      link: z.number(),
    })
    .describe('Calls by how they were inferred.'),
)
export const EstimateShape = z
  .strictObject({ calls: z.number(), errors: z.number() })
  .nullable()
  .describe('By sampling weights; null: none is known.')
export const QuantilesShape = { p50Ms: QuantileMs, p95Ms: QuantileMs }

export const ExemplarShape = named(
  'Exemplar',
  z.strictObject({
    traceId: z.string(),
    startMs: Time,
    spans: z.array(
      z.strictObject({
        spanId: z.string(),
        parentId: z.string(),
        kind: z.int(),
        service: z.string(),
        operation: z.string(),
        startMs: Time,
        durationMs: z.number(),
        isError: z.boolean(),
      }),
    ),
  }),
)

/** What could not be read of a file: where, and why. */
export const ReadProblemShape = z.strictObject({ place: z.string(), reason: z.string() })

/** ?environment=&window= */
export const windowFields = {
  environment: Environment,
  window: z.enum(WINDOWS).default(DEFAULT_WINDOW),
}
export const IdParams = z.object({ id: StoredId })
