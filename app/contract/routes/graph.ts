// The routes of the live graph: what they take and what they answer.
import { z } from 'zod'
import { DRIFT_KINDS } from '../../../core/baseline/drift.ts'
import { EXPORT_FORMATS } from '../../../core/export/formats.ts'
import { Environment, Reason, StorableText } from '../../api-input.ts'
import { named } from '../named-schemas.ts'
import type { RouteSpec } from '../route-spec.ts'
import {
  Count,
  EstimateShape,
  ExemplarShape,
  IdParams,
  NodeKeyShape,
  ProtocolShape,
  QuantilesShape,
  Time,
  TimeOrNull,
  TrustShape,
  windowFields,
} from '../shapes.ts'
import { AlertShape } from './alerts.ts'

const EncryptionShape = z
  .strictObject({ tlsCalls: Count, plainCalls: Count })
  .describe('Of all calls ever seen, those that state to be encrypted and those in the clear.')
const nodeFields = {
  ...NodeKeyShape.shape,
  id: z.string(),
  firstSeenMs: Time,
  lastSeenMs: Time,
  isObserved: z.boolean().describe('Spans of its own were seen.'),
  isSampledOnly: z.boolean(),
  versions: z.array(z.string()),
  unattributedCalls: z.number(),
  tags: z
    .strictObject({
      owner: z.string(),
      dataClasses: z.array(z.string()),
      exposure: z.string(),
      layer: z.string(),
    })
    .describe('What people or resource attributes say of it; empty where nothing is said.'),
}
const edgeFields = {
  id: z.string(),
  protocol: ProtocolShape,
  calls: Count,
  errors: Count,
  estimate: EstimateShape,
  sampledCalls: Count,
  firstSeenMs: Time,
  lastSeenMs: Time,
  trust: TrustShape,
  encryption: EncryptionShape,
  isConfirmed: z.boolean().describe("More than one side's word stands for it."),
}

const MapNodeShape = named(
  'MapNode',
  z.strictObject({
    ...nodeFields,
    isNew: z.boolean().describe('In no entry and at no held edge.'),
  }),
)
const MapEdgeShape = named(
  'MapEdge',
  z.strictObject({
    ...edgeFields,
    ...QuantilesShape,
    sourceId: z.string(),
    targetId: z.string(),
    operations: z
      .array(z.string())
      .nullable()
      .describe('Names of all time; null: there are too many edges to read them.'),
    standing: z.enum(['neutral', 'known', 'new', 'rejected']),
    alertId: z.string().nullable(),
    driftKind: z.enum(DRIFT_KINDS).nullable().describe('In what way it strays.'),
  }),
)

export const READ_GRAPH = {
  ...{ id: 'readGraph', method: 'GET', path: '/api/v1/graph', tag: 'graph', role: 'viewer' },
  summary: 'The graph of a window, held against the active baseline',
  query: z.strictObject(windowFields),
  answer: {
    status: 200,
    description: 'Nodes by kind and name, edges by source and target.',
    schema: z.strictObject({
      environment: z.string(),
      origin: z.enum(['observed', 'demo', 'import']),
      window: z.string(),
      readAtMs: Time.describe('The minute in which it was read, unix ms.'),
      settling: z.strictObject({
        edges: Count,
        newestMs: TimeOrNull,
        settledAfterMs: z.number(),
      }),
      baseline: z
        .strictObject({ version: z.int(), author: z.string(), activatedMs: Time })
        .nullable(),
      nodes: z.array(MapNodeShape),
      edges: z.array(MapEdgeShape),
      stale: z.strictObject({ nodes: Count, edges: Count }),
    }),
  },
} as const satisfies RouteSpec

export const EXPORT_GRAPH = {
  ...{ id: 'exportGraph', method: 'GET', path: '/api/v1/graph/export', tag: 'graph' },
  role: 'viewer',
  summary: 'The whole graph of a window as a file',
  query: z.strictObject({
    ...windowFields,
    format: z.enum(EXPORT_FORMATS),
    at: z.coerce
      .number()
      .int()
      .min(0)
      .max(8.64e15)
      .optional()
      .describe('End of the window, unix ms; now when it is left out.'),
  }),
  answer: {
    status: 200,
    description: 'Equal graphs give equal bytes.',
    schema: null,
    types: ['image/svg+xml', 'text/plain', 'text/vnd.graphviz', 'text/csv', 'application/json'],
  },
} as const satisfies RouteSpec

const SideShape = z.strictObject(QuantilesShape)

export const READ_EDGE = {
  ...{ id: 'readEdge', method: 'GET', path: '/api/v1/edges/{id}', tag: 'graph', role: 'viewer' },
  summary: 'One edge: latency, operations, hosts, an example trace, its alert',
  params: IdParams,
  query: z.strictObject(windowFields),
  missing: 'There is no such edge in this window.',
  answer: {
    status: 200,
    description: 'The edge in this window.',
    schema: z.strictObject({
      ...edgeFields,
      source: NodeKeyShape,
      target: NodeKeyShape,
      client: SideShape,
      server: SideShape,
      examples: z.array(z.string()),
      hosts: z.array(z.string()),
      ports: z.array(z.int()),
      operations: z.array(z.strictObject({ name: z.string(), calls: Count, errors: Count })),
      exemplar: ExemplarShape.nullable(),
      alert: AlertShape.nullable(),
    }),
  },
} as const satisfies RouteSpec

export const READ_NODE = {
  ...{ id: 'readNode', method: 'GET', path: '/api/v1/nodes/{id}', tag: 'graph', role: 'viewer' },
  summary: 'One node',
  params: IdParams,
  query: z.strictObject(windowFields),
  missing: 'There is no such node in this window.',
  answer: {
    status: 200,
    description: 'The node in this window.',
    schema: z.strictObject({
      ...nodeFields,
      rollout: z
        .strictObject({ version: z.string(), sinceMs: Time })
        .nullable()
        .describe('The version that was seen last for the first time, after another.'),
      hosts: z.array(z.string()),
    }),
  },
} as const satisfies RouteSpec

const NAME_CHARS_MAX = 512
const NodeName = StorableText.max(NAME_CHARS_MAX)

export const ACT_ON_NODE = {
  ...{ id: 'actOnNode', method: 'POST', path: '/api/v1/nodes/{id}/acts', tag: 'graph' },
  role: 'admin',
  summary: 'Forget or rename a node; a name that another node has merges them',
  description: 'The worker does it, usually within a second; the audit says when it was done.',
  params: IdParams,
  missing: 'There is no such node.',
  body: {
    schema: z.discriminatedUnion('act', [
      z.strictObject({ act: z.literal('forget'), environment: Environment, reason: Reason }),
      z.strictObject({
        ...{ act: z.literal('rename'), environment: Environment, reason: Reason },
        ...{ namespace: NodeName.default(''), name: NodeName.min(1) },
      }),
    ]),
  },
  answer: {
    status: 202,
    description: 'It was asked for.',
    schema: z.strictObject({ requested: z.enum(['forget', 'rename']) }),
  },
} as const satisfies RouteSpec

export const GRAPH_ROUTES: readonly RouteSpec[] = [
  ...[READ_GRAPH, EXPORT_GRAPH, READ_EDGE, READ_NODE, ACT_ON_NODE],
]
