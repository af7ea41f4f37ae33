// What a baseline says, as JSON: as it is given and as it is taken. Taken, what nobody says may be left out,
// and everything is bounded; given, it is all there (core/baseline/content.ts).
import { z } from 'zod'
import { QUARANTINE_REASONS } from '../../core/baseline/content.ts'
import { BASELINE_ORIGINS, BASELINE_STATES } from '../../storage/baseline-record.ts'
import { Environment, StorableText } from '../api-input.ts'
import { named } from './named-schemas.ts'
import { Count, NodeKeyShape, ProtocolShape, Time, TimeOrNull } from './shapes.ts'

const TEXT_CHARACTERS_MAX = 2_000
const LIST_MAX = 1_000
const PORT_MAX = 65_535
/** Of one pattern. */
const EXCEPTIONS_MAX = 100
/** 20,000 entries with all that can be said of them are some 10 MB. */
export const BASELINE_BYTES_MAX = 16 * 1024 * 1024
/** Reading YAML costs more: some 40,000 entries. */
export const BASELINE_YAML_BYTES_MAX = 4 * 1024 * 1024

export const SaidText = StorableText.max(TEXT_CHARACTERS_MAX)
const RuleId = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'letters, digits, dots, dashes and underscores, at most 64')
/** Unix ms, a date up to the year 9999. */
const ExpiryTaken = z.int().min(0).max(253_402_300_799_999).nullable()
const Quarantine = z.array(z.enum(QUARANTINE_REASONS))

const notesGiven = {
  purpose: z.string(),
  owner: z.string(),
  ticket: z.string(),
  approver: z.string(),
  expiresAtMs: TimeOrNull.describe('From when on it does not hold; null: for good.'),
}
const allowanceGiven = {
  protocols: z.array(ProtocolShape).nullable().describe('null: any.'),
  operations: z.array(z.string()).nullable().describe('null: any.'),
  ports: z.array(z.int()).nullable().describe('null: any.'),
}
const notesTaken = {
  purpose: SaidText.default(''),
  owner: SaidText.default(''),
  ticket: SaidText.default(''),
  approver: SaidText.default(''),
  expiresAtMs: ExpiryTaken.default(null),
}
const operations = z.array(SaidText).max(LIST_MAX).nullable()
const ports = z.array(z.int().min(0).max(PORT_MAX)).max(LIST_MAX).nullable()
const allowanceTaken = {
  protocols: z.array(ProtocolShape).max(LIST_MAX).nullable().default(null),
  operations: operations.default(null),
  ports: ports.default(null),
}

export const NodeKeyTaken = named(
  'NodeKeyInput',
  z.strictObject({
    environment: Environment,
    kind: NodeKeyShape.shape.kind,
    namespace: SaidText.default(''),
    name: SaidText,
  }),
)
export const EdgeKeyTaken = z.strictObject({ source: NodeKeyTaken, target: NodeKeyTaken })

export const EntryShape = named(
  'BaselineEntry',
  z.strictObject({
    ...{ source: NodeKeyShape, target: NodeKeyShape, ...notesGiven, ...allowanceGiven },
    isEncrypted: z.boolean().describe('A call in the clear is a downgrade.'),
    exceptionTo: z.array(z.string()).describe('Ids of deny rules that do not count for this edge.'),
    quarantine: Quarantine.describe('Not empty: it does not hold until somebody clears it.'),
  }),
)
export const EntryTaken = named(
  'BaselineEntryInput',
  z.strictObject({
    ...{ ...EdgeKeyTaken.shape, ...notesTaken, ...allowanceTaken },
    isEncrypted: z.boolean().default(false),
    exceptionTo: z.array(RuleId).max(LIST_MAX).default([]),
    quarantine: Quarantine.max(LIST_MAX).default([]),
  }),
)

/** What can be changed of an entry; the edge is what it is. */
export const EntryChangeTaken = z.strictObject({
  purpose: SaidText.exactOptional(),
  owner: SaidText.exactOptional(),
  ticket: SaidText.exactOptional(),
  approver: SaidText.exactOptional(),
  expiresAtMs: ExpiryTaken.exactOptional(),
  protocols: z.array(ProtocolShape).max(LIST_MAX).nullable().exactOptional(),
  operations: operations.exactOptional(),
  ports: ports.exactOptional(),
  isEncrypted: z.boolean().exactOptional(),
  exceptionTo: z.array(RuleId).max(LIST_MAX).exactOptional(),
  quarantine: Quarantine.max(LIST_MAX).exactOptional().describe('[] clears it.'),
})

const glob = SaidText.exactOptional()
const globs = {
  ...{ environment: glob, kind: glob, namespace: glob, name: glob },
  ...{ owner: glob, dataClass: glob, exposure: glob, layer: glob },
}
/** Exceptions of exceptions of exceptions are where it ends. */
const withExceptions = <Inner extends z.ZodType>(inner: Inner) =>
  z.strictObject({ ...globs, except: z.array(inner).max(EXCEPTIONS_MAX).exactOptional() })
const PatternShape = named(
  'NodePattern',
  withExceptions(withExceptions(withExceptions(z.strictObject(globs)))).describe(
    'Globs, * for any text; what is left out matches anything, and a node of except nothing.',
  ),
)

const ruleFields = {
  id: RuleId,
  effect: z.enum(['allow', 'deny']),
  ...{ source: PatternShape, target: PatternShape },
}
const ruleGiven = { ...ruleFields, ...notesGiven, ...allowanceGiven }
export const RuleShape = named('BaselineRule', z.strictObject(ruleGiven))
export const RuleTaken = named(
  'BaselineRuleInput',
  z.strictObject({ ...ruleFields, ...notesTaken, ...allowanceTaken }),
)
export const UsedRuleShape = named(
  'UsedRule',
  z.strictObject({
    ...ruleGiven,
    hits: Count.describe('Calls of the stored edges that match.'),
    lastUseMs: TimeOrNull.describe('null: nothing matches.'),
  }),
)

const tagFields = {
  owner: z.string(),
  dataClasses: z.array(z.string()),
  exposure: z.string(),
  layer: z.string(),
}
export const TaggedNodeShape = named(
  'TaggedNode',
  z.strictObject({ ...NodeKeyShape.shape, ...tagFields }),
)
const TaggedNodeTaken = z.strictObject({
  ...NodeKeyTaken.shape,
  owner: SaidText.default(''),
  dataClasses: z.array(SaidText).max(LIST_MAX).default([]),
  ...{ exposure: SaidText.default(''), layer: SaidText.default('') },
})

export const ContentShape = named(
  'BaselineContent',
  z.strictObject({
    environment: z.string(),
    entries: z.array(EntryShape),
    rules: z.array(RuleShape),
    nodes: z.array(TaggedNodeShape).describe('Tags as they are now; they have no versions.'),
  }),
)
export const ContentTaken = named(
  'BaselineContentInput',
  z.strictObject({
    environment: Environment,
    entries: z.array(EntryTaken).max(100_000),
    rules: z.array(RuleTaken).max(1_000).default([]),
    nodes: z.array(TaggedNodeTaken).max(100_000).default([]).describe('Not stored with a version.'),
  }),
)

const versionFields = {
  environment: z.string(),
  version: z.int(),
  state: z.enum(BASELINE_STATES),
  title: z.string(),
  reason: z.string(),
  author: z.string(),
  editors: z.array(z.string()).describe('Who else changed it while it was a draft.'),
  approver: z.string().nullable(),
  origin: z.enum(BASELINE_ORIGINS),
  baseVersion: z.int().nullable(),
  revision: z.int().describe('One more with each change; its ETag.'),
  createdAtMs: Time,
  submittedAtMs: TimeOrNull,
  activatedAtMs: TimeOrNull,
}
export const VersionShape = named(
  'BaselineVersion',
  z.strictObject({ ...versionFields, entries: Count, quarantined: Count, rules: Count }),
)
export const VersionContentShape = named(
  'BaselineVersionContent',
  z.strictObject({ ...versionFields, content: ContentShape }),
)
/** What is left after an act. */
export const VersionStateShape = named(
  'BaselineVersionState',
  z.strictObject({
    ...{ environment: z.string(), version: z.int(), state: z.enum(BASELINE_STATES) },
    revision: z.int(),
  }),
)
