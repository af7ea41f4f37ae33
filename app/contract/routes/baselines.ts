// The routes of baselines: versions, what they hold, and the way of a draft.
import { z } from 'zod'
import { parseBaselineFile } from '../../../core/baseline/file/parse.ts'
import { Environment, Reason } from '../../api-input.ts'
import {
  BASELINE_BYTES_MAX,
  BASELINE_YAML_BYTES_MAX,
  ContentTaken,
  EdgeKeyTaken,
  EntryChangeTaken,
  EntryShape,
  EntryTaken,
  RuleTaken,
  SaidText,
  VersionContentShape,
  VersionShape,
  VersionStateShape,
} from '../baseline-shapes.ts'
import { named } from '../named-schemas.ts'
import { pageFields, pageOf } from '../paging.ts'
import type { ParsedYaml, RouteSpec } from '../route-spec.ts'
import { windowFields } from '../shapes.ts'

const ERRORS_TOLD_MAX = 5
const VERSION_MAX = 2_147_483_647

export const Version = z.coerce.number().int().min(1).max(VERSION_MAX)
export const VersionParams = z.object({ version: Version })
export const EnvironmentQuery = z.strictObject({ environment: Environment })
const Title = SaidText.max(200)
export const NO_VERSION = 'There is no such baseline version.'
const tag = 'baselines' as const

/** A baseline file as the content of a draft; why and under which title are said in the query. */
function parseYaml(text: string, query: { readonly [name: string]: string }): ParsedYaml {
  const parsed = parseBaselineFile(text)
  if (parsed.ok) {
    const { content } = parsed
    const { title, reason } = query
    const { environment } = content
    return { ok: true, value: { environment, title, reason, source: { from: 'content', content } } }
  }
  const told = parsed.problems
    .slice(0, ERRORS_TOLD_MAX)
    .map(({ line, column, message }) => `line ${line}, column ${column}: ${message}`)
  return { ok: false, problem: told.join('; ') }
}
const yaml = { bytesMax: BASELINE_YAML_BYTES_MAX, parse: parseYaml }

export const LIST_BASELINES = {
  ...{ id: 'listBaselines', method: 'GET', path: '/api/v1/baselines', tag, role: 'viewer' },
  summary: 'Versions of an environment, the newest first',
  query: z.strictObject({ environment: Environment, ...pageFields('listBaselines', z.int()) }),
  answer: { status: 200, description: 'A page.', schema: pageOf(VersionShape) },
} as const satisfies RouteSpec

const Pins = z.strictObject({
  protocols: z.boolean().default(false),
  operations: z.boolean().default(false),
  ports: z.boolean().default(false),
})

export const DRAFT_BASELINE = {
  ...{ id: 'draftBaseline', method: 'POST', path: '/api/v1/baselines', tag, role: 'analyst' },
  summary: 'A draft from a window, a version or content',
  description:
    'From a window, doubtful edges are put in quarantine. A baseline file is taken as application/yaml, with ?reason= and ?title=.',
  query: z.strictObject({ title: z.string().optional(), reason: z.string().optional() }),
  body: {
    schema: z.strictObject({
      environment: Environment,
      title: Title.default(''),
      reason: Reason,
      source: z.discriminatedUnion('from', [
        z.strictObject({
          ...{ from: z.literal('window'), window: windowFields.window },
          pins: Pins.prefault({}).describe('What entries are to be narrowed to.'),
        }),
        z.strictObject({ from: z.literal('version'), version: Version }),
        z.strictObject({ from: z.literal('content'), content: ContentTaken }),
      ]),
    }),
    ...{ bytesMax: BASELINE_BYTES_MAX, yaml },
  },
  errors: [404, 409],
  answer: {
    ...{ status: 201, description: 'The draft.', schema: VersionStateShape, etag: 'revision' },
  },
} as const satisfies RouteSpec

export const READ_BASELINE = {
  ...{ id: 'readBaseline', method: 'GET', path: '/api/v1/baselines/{version}', tag },
  role: 'viewer',
  summary: 'One version with all it holds, or the active one',
  params: z.object({ version: z.union([z.literal('active'), Version]) }),
  query: z.strictObject({
    environment: Environment,
    format: z.enum(['json', 'yaml']).default('json').describe('yaml: the form of a baseline file.'),
  }),
  missing: NO_VERSION,
  answer: {
    ...{ status: 200, description: 'The version.', schema: VersionContentShape },
    ...{ types: ['application/yaml'], etag: 'revision' },
  },
} as const satisfies RouteSpec

export const REPLACE_DRAFT = {
  ...{ id: 'replaceDraft', method: 'PUT', path: '/api/v1/baselines/{version}', tag },
  role: 'analyst',
  summary: 'Give a draft other content',
  params: VersionParams,
  query: EnvironmentQuery.extend({
    ...{ title: z.string().optional(), reason: z.string().optional() },
  }),
  needsMatch: true,
  missing: NO_VERSION,
  body: {
    schema: z.strictObject({
      ...{ title: Title.exactOptional(), reason: Reason.exactOptional(), content: ContentTaken },
    }),
    bytesMax: BASELINE_BYTES_MAX,
    yaml: {
      bytesMax: BASELINE_YAML_BYTES_MAX,
      parse: (text, { title, reason }) => {
        const parsed = parseYaml(text, {})
        if (!parsed.ok) return parsed
        const { source } = parsed.value as { source: { content: unknown } }
        const said = { ...(title === undefined ? {} : { title }), ...(reason ? { reason } : {}) }
        return { ok: true, value: { ...said, content: source.content } }
      },
    },
  },
  errors: [409],
  answer: {
    ...{ status: 200, description: 'The draft.', schema: VersionStateShape, etag: 'revision' },
  },
} as const satisfies RouteSpec

export const DraftEditTaken = z.discriminatedUnion('edit', [
  z.strictObject({
    ...{ edit: z.literal('changeEntry'), edge: EdgeKeyTaken, change: EntryChangeTaken },
  }),
  z.strictObject({ edit: z.literal('putEntry'), entry: EntryTaken }),
  z.strictObject({ edit: z.literal('removeEntry'), edge: EdgeKeyTaken }),
  z.strictObject({ edit: z.literal('clearQuarantine') }),
  z.strictObject({ edit: z.literal('putRule'), rule: RuleTaken }),
  z.strictObject({ edit: z.literal('removeRule'), id: z.string().max(64) }),
])

export const EDIT_DRAFT = {
  ...{ id: 'editDraft', method: 'PATCH', path: '/api/v1/baselines/{version}', tag },
  role: 'analyst',
  summary: 'Edit entries and rules of a draft, one after the other, all or none',
  params: VersionParams,
  query: EnvironmentQuery,
  needsMatch: true,
  missing: NO_VERSION,
  body: {
    schema: z.strictObject({
      ...{ title: Title.exactOptional(), reason: Reason.exactOptional() },
      edits: z.array(DraftEditTaken).max(10_000),
    }),
    bytesMax: BASELINE_BYTES_MAX,
  },
  errors: [409],
  answer: {
    ...{ status: 200, description: 'The draft.', schema: VersionStateShape, etag: 'revision' },
  },
} as const satisfies RouteSpec

export const WITHDRAW_BASELINE = {
  ...{ id: 'withdrawBaseline', method: 'DELETE', path: '/api/v1/baselines/{version}', tag },
  role: 'analyst',
  summary: 'Delete a draft, or a version in review',
  params: VersionParams,
  query: EnvironmentQuery.extend({ reason: Reason }),
  needsMatch: true,
  missing: NO_VERSION,
  errors: [409],
  answer: { status: 204, description: 'Gone; the audit record knows it.', schema: null },
} as const satisfies RouteSpec

/** Of an act on a version. */
const act = {
  method: 'POST',
  ...{ tag, params: VersionParams, query: EnvironmentQuery, missing: NO_VERSION, errors: [409] },
} as const
/** The act is on what was looked at. */
const seen = { ...act, needsMatch: true } as const
const stateAnswer = {
  status: 200,
  ...{ description: 'As it is now.', schema: VersionStateShape },
  etag: 'revision',
} as const
const why = { schema: named('Why', z.strictObject({ reason: Reason })) } as const

export const PROPOSE_BASELINE = {
  ...{ id: 'proposeBaseline', path: '/api/v1/baselines/{version}/propose', role: 'analyst' },
  ...{ ...seen, summary: 'Hand a draft over for review', answer: stateAnswer },
} as const satisfies RouteSpec

export const RETURN_BASELINE = {
  ...{ id: 'returnBaseline', path: '/api/v1/baselines/{version}/return', role: 'analyst' },
  ...{ ...seen, summary: 'Send a version in review back', body: why, answer: stateAnswer },
} as const satisfies RouteSpec

export const APPROVE_BASELINE = {
  ...{ id: 'approveBaseline', path: '/api/v1/baselines/{version}/approve', role: 'admin' },
  ...{ ...seen, summary: 'Make it the active version', body: why, answer: stateAnswer },
} as const satisfies RouteSpec

export const ROLL_BACK = {
  ...{ id: 'rollBack', path: '/api/v1/baselines/{version}/rollback', role: 'admin' },
  ...{ ...act, summary: 'A new active version with the content of this one', body: why },
  description: 'With STRAYLINE_FORBID_SELF_APPROVAL it is in review, for somebody else.',
  answer: {
    ...{ status: 201, description: 'The new version.' },
    schema: z.strictObject({ environment: z.string(), version: z.int(), state: z.string() }),
  },
} as const satisfies RouteSpec

export const PROMOTE_BASELINE = {
  ...{ id: 'promoteBaseline', path: '/api/v1/baselines/{version}/promote', role: 'analyst' },
  ...{ ...act, summary: 'A draft of the same content in another environment' },
  body: {
    schema: z.strictObject({
      ...{ toEnvironment: Environment, title: Title.default(''), reason: Reason },
    }),
  },
  answer: {
    ...{ status: 201, description: 'The draft.', schema: VersionStateShape, etag: 'revision' },
  },
} as const satisfies RouteSpec

export const LIST_ENTRIES = {
  ...{ id: 'listEntries', method: 'GET', path: '/api/v1/baselines/{version}/entries', tag },
  role: 'viewer',
  summary: 'Entries of a version in pieces',
  params: VersionParams,
  query: z.strictObject({
    environment: Environment,
    quarantined: z.enum(['true', 'false']).optional().describe('true: only those in quarantine.'),
    ...pageFields('listEntries', z.int().min(0)),
  }),
  missing: NO_VERSION,
  answer: { status: 200, description: 'A page.', schema: pageOf(EntryShape) },
} as const satisfies RouteSpec

export const BASELINE_ROUTES: readonly RouteSpec[] = [
  ...[LIST_BASELINES, DRAFT_BASELINE, READ_BASELINE, REPLACE_DRAFT, EDIT_DRAFT],
  ...[WITHDRAW_BASELINE, PROPOSE_BASELINE, RETURN_BASELINE, APPROVE_BASELINE, ROLL_BACK],
  ...[PROMOTE_BASELINE, LIST_ENTRIES],
]
