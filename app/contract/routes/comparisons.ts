// The routes that ask about baselines: how much rules are used, what they would match, what two sides differ in.
import { z } from 'zod'
import { Environment } from '../../api-input.ts'
import {
  BASELINE_BYTES_MAX,
  ContentTaken,
  EntryShape,
  RuleShape,
  RuleTaken,
  TaggedNodeShape,
  UsedRuleShape,
} from '../baseline-shapes.ts'
import { named } from '../named-schemas.ts'
import type { RouteSpec } from '../route-spec.ts'
import { NodeKeyShape, Time, windowFields } from '../shapes.ts'
import { EnvironmentQuery, NO_VERSION, Version, VersionParams } from './baselines.ts'

const tag = 'baselines' as const

export const LIST_RULES = {
  ...{ id: 'listRules', method: 'GET', path: '/api/v1/baselines/{version}/rules', tag },
  role: 'viewer',
  summary: 'Rules of a version, and how much each is used',
  params: VersionParams,
  query: EnvironmentQuery,
  missing: NO_VERSION,
  answer: {
    status: 200,
    description: 'In the order of the version.',
    schema: z.strictObject({ items: z.array(UsedRuleShape) }),
  },
} as const satisfies RouteSpec

export const PREVIEW_RULE = {
  ...{ id: 'previewRule', method: 'POST', path: '/api/v1/rules/preview', tag, role: 'viewer' },
  summary: 'What a rule would match of the live graph',
  body: { schema: z.strictObject({ environment: Environment, rule: RuleTaken }) },
  answer: {
    status: 200,
    description: 'The first 500 of the edges that match, and how many there are.',
    schema: z.strictObject({
      total: z.int(),
      hits: z.number().describe('Calls over all of them.'),
      edges: z.array(
        z.strictObject({
          ...{ source: NodeKeyShape, target: NodeKeyShape },
          ...{ calls: z.number(), lastSeenMs: Time },
        }),
      ),
    }),
  },
} as const satisfies RouteSpec

const Side = named(
  'ComparisonSide',
  z.discriminatedUnion('side', [
    z.strictObject({ side: z.literal('version'), environment: Environment, version: Version }),
    z.strictObject({ side: z.literal('active'), environment: Environment }),
    z.strictObject({
      ...{ side: z.literal('window'), environment: Environment },
      window: windowFields.window,
    }),
    z.strictObject({ side: z.literal('content'), content: ContentTaken }),
  ]),
)

function differenceOf<I extends z.ZodType>(item: I) {
  return z.strictObject({
    added: z.array(item),
    removed: z.array(item),
    changed: z.array(z.strictObject({ left: item, right: item, fields: z.array(z.string()) })),
  })
}

export const COMPARE_BASELINES = {
  ...{ id: 'compareBaselines', method: 'POST', path: '/api/v1/comparisons', tag, role: 'viewer' },
  summary: 'What makes the right side of the left one',
  description:
    'A side is a version, the active one, a live window, or content. A window knows edges only, so only edges are compared then. Of two environments, the left one is read in the names of the right one.',
  body: {
    schema: z.strictObject({ left: Side, right: Side }),
    bytesMax: BASELINE_BYTES_MAX,
  },
  errors: [404],
  answer: {
    status: 200,
    description: 'Sorted.',
    schema: z.strictObject({
      isSame: z.boolean(),
      entries: differenceOf(EntryShape),
      rules: differenceOf(RuleShape),
      nodes: differenceOf(TaggedNodeShape),
    }),
  },
} as const satisfies RouteSpec

export const COMPARISON_ROUTES: readonly RouteSpec[] = [LIST_RULES, PREVIEW_RULE, COMPARE_BASELINES]
