// The routes of the inventory: environments and what is set for them, and what nodes are tagged with.
import { z } from 'zod'
import { NODE_KINDS } from '../../../core/graph/node.ts'
import { Environment, Reason } from '../../api-input.ts'
import { NodeKeyTaken, SaidText, TaggedNodeShape } from '../baseline-shapes.ts'
import { named } from '../named-schemas.ts'
import { pageFields, pageOf } from '../paging.ts'
import type { RouteSpec } from '../route-spec.ts'
import { Count, NodeKeyShape, TimeOrNull } from '../shapes.ts'

const CHANGES_MAX = 1_000
const tag = 'inventory' as const

export const LIST_ENVIRONMENTS = {
  ...{ id: 'listEnvironments', method: 'GET', path: '/api/v1/environments', tag, role: 'viewer' },
  summary: 'All environments, and the settings that bear on their baselines',
  answer: {
    status: 200,
    description: 'By name.',
    schema: z.strictObject({
      items: z.array(
        z.strictObject({
          name: z.string(),
          origin: z.enum(['observed', 'demo', 'import']),
          recentEdges: Count.describe('Edges seen in the last 24 h.'),
          lastSeenMs: TimeOrNull,
          activeVersion: z.int().nullable().describe('Of the baseline; null: none was approved.'),
        }),
      ),
      forbidsSelfApproval: z.boolean().describe('Who wrote a version may not approve it.'),
    }),
  },
} as const satisfies RouteSpec

const SettingsShape = named(
  'EnvironmentSettings',
  z.strictObject({
    zone: z.string().describe('IANA, for example Europe/Berlin: in it its days begin.'),
    alertTarget: z.int().describe('How many alerts a day are wanted at most.'),
    recoverAfterMs: z
      .int()
      .describe('For how long what strayed must not be seen until its alert recovers.'),
  }),
)
/** What is left out stays. */
export const SettingsTaken = z.strictObject({
  zone: z.string().min(1).max(64).exactOptional(),
  alertTarget: z.int().min(1).max(1_000_000).exactOptional(),
  recoverAfterMs: z.int().min(60_000).max(31_536_000_000).exactOptional(),
})
const OF_SETTINGS = {
  path: '/api/v1/environments/{environment}/settings',
  tag,
  params: z.strictObject({ environment: Environment }),
  missing: 'There is no such environment.',
} as const

export const READ_SETTINGS = {
  ...{ id: 'readSettings', method: 'GET', ...OF_SETTINGS, role: 'viewer' },
  summary: 'What is set for an environment',
  answer: { status: 200, description: 'Its settings.', schema: SettingsShape },
} as const satisfies RouteSpec

export const CHANGE_SETTINGS = {
  ...{ id: 'changeSettings', method: 'PATCH', ...OF_SETTINGS, role: 'analyst' },
  summary: 'Change what is set for an environment',
  description: 'What is left out stays. It is in the audit, with what was before.',
  body: {
    schema: SettingsTaken,
  },
  answer: { status: 200, description: 'All its settings, as they are now.', schema: SettingsShape },
} as const satisfies RouteSpec

const tagsTaken = z.strictObject({
  owner: SaidText.exactOptional(),
  dataClasses: z.array(SaidText).max(100).exactOptional().describe('Such as pii, payment.'),
  exposure: SaidText.exactOptional().describe('Such as public, internal.'),
  layer: SaidText.exactOptional().describe('Such as edge, web, service, data.'),
})
const tagsGiven = {
  owner: z.string(),
  dataClasses: z.array(z.string()),
  exposure: z.string(),
  layer: z.string(),
}
const NodeTagsShape = named(
  'NodeTags',
  z.strictObject({
    node: NodeKeyShape,
    tags: z.strictObject(tagsGiven).describe('As rules see them.'),
    said: z
      .strictObject(tagsGiven)
      .partial()
      .describe('What people said; the others are as resources state them.'),
    revision: z.int(),
  }),
)

export const LIST_TAGS = {
  ...{ id: 'listTags', method: 'GET', path: '/api/v1/tags', tag, role: 'viewer' },
  summary: 'Nodes of an environment that are tagged',
  query: z.strictObject({
    environment: Environment,
    ...pageFields('listTags', z.tuple([z.string(), z.string(), z.string()])),
  }),
  answer: {
    ...{ status: 200, description: 'By kind, namespace and name.' },
    schema: pageOf(TaggedNodeShape),
  },
} as const satisfies RouteSpec

export const SAY_TAGS = {
  ...{ id: 'sayTags', method: 'POST', path: '/api/v1/tags', tag, role: 'analyst' },
  summary: 'Say what nodes are, many at once, whatever was said of them before',
  description: 'Such as what an inventory or a baseline file says. All or none.',
  body: {
    schema: z.strictObject({
      reason: Reason,
      changes: z
        .array(z.strictObject({ node: NodeKeyTaken, tags: tagsTaken }))
        .min(1)
        .max(CHANGES_MAX),
    }),
    bytesMax: 4 * 1024 * 1024,
  },
  errors: [404],
  answer: {
    ...{ status: 200, description: 'As they are now, in the order of the changes.' },
    schema: z.strictObject({ items: z.array(NodeTagsShape) }),
  },
} as const satisfies RouteSpec

const NodeQuery = z.strictObject({
  environment: Environment,
  kind: z.enum(NODE_KINDS),
  namespace: SaidText.default(''),
  name: SaidText,
})

export const READ_TAGS = {
  ...{ id: 'readTags', method: 'GET', path: '/api/v1/tags/node', tag, role: 'viewer' },
  summary: 'What one node is tagged with, seen or not',
  query: NodeQuery,
  answer: {
    ...{ status: 200, description: 'Its tags.', schema: NodeTagsShape, etag: 'revision' },
  },
} as const satisfies RouteSpec

export const REPLACE_TAGS = {
  ...{ id: 'replaceTags', method: 'PUT', path: '/api/v1/tags/node', tag, role: 'analyst' },
  summary: 'Replace what people said of one node',
  description:
    "A tag that is left out is as resources state it; '' and [] say that there is none. Edges are judged by it at once.",
  query: NodeQuery,
  needsMatch: true,
  body: { schema: z.strictObject({ tags: tagsTaken, reason: Reason }) },
  errors: [404],
  answer: {
    ...{ status: 200, description: 'As it is now.', schema: NodeTagsShape, etag: 'revision' },
  },
} as const satisfies RouteSpec

export const INVENTORY_ROUTES: readonly RouteSpec[] = [
  ...[
    LIST_ENVIRONMENTS,
    READ_SETTINGS,
    CHANGE_SETTINGS,
    LIST_TAGS,
    SAY_TAGS,
    READ_TAGS,
    REPLACE_TAGS,
  ],
]
