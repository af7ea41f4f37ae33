// What a baseline file may hold, said once: the reader checks by it, its types are made of it, and
// public/baseline.schema.json is printed from it for editors.
import { z } from 'zod'
import { PROTOCOLS } from '../../graph/edge.ts'
import { matchGlob, parseGlob } from '../../graph/glob.ts'
import { NODE_KINDS } from '../../graph/node.ts'
import { QUARANTINE_REASONS } from '../content.ts'
import { readMoment } from './moment.ts'
import { type NodeFields, readNodeText } from './node-text.ts'

/** The first field of every file: what it is, and of which form. */
export const FILE_FORM = 'baseline/v1'
export const RULE_ID = /^[A-Za-z0-9._-]{1,64}$/
const PORT_MAX = 65_535
/** Of one pattern. */
const EXCEPTIONS_MAX = 100

const text = (description: string) => z.string().meta({ description })
const texts = (description: string) => z.array(z.string()).meta({ description })

const nodeText = z
  .string()
  .superRefine((written, context) => {
    const read = readNodeText(written)
    if (!read.ok) context.addIssue({ code: 'custom', message: read.message })
  })
  .meta({
    description:
      'A service by its name, or namespace/name; any other node by kind, space, name: database postgresql:orders',
  })
const nodeFields = z
  .strictObject({
    kind: z.enum(NODE_KINDS).optional().meta({ description: 'Left out: service' }),
    namespace: text('Left out: none').optional(),
    name: text('Any name, also one that fits no short form'),
    environment: text("Left out: the file's").optional(),
  })
  .meta({ description: 'A node in full' })
const node = z.union([nodeText, nodeFields])

const notes = {
  purpose: text('Why this is needed').optional(),
  owner: text('Who answers for it').optional(),
  ticket: text('Where it was discussed').optional(),
  approver: text('Who approved it').optional(),
  expires: z
    .string()
    .refine((written) => readMoment(written) !== null, {
      message:
        'this is no date; write 2027-01-31 (the start of that day, UTC) or 2027-01-31T12:00:00Z',
    })
    .optional()
    .meta({ description: 'From when on it does not hold: 2027-01-31, or a moment with its zone' }),
}
const allowance = {
  protocols: z
    .array(z.enum(PROTOCOLS))
    .optional()
    .meta({ description: 'Only these; left out: any' }),
  operations: texts('Only these, such as GET /orders/{id}; left out: any').optional(),
  ports: z
    .array(z.int().min(0).max(PORT_MAX))
    .optional()
    .meta({ description: 'Only these; left out: any' }),
}
const ruleId = z.string().regex(RULE_ID, {
  message: 'an id has 1 to 64 letters, digits, dots, dashes and underscores',
})

export const entrySchema = z.strictObject({
  source: node,
  target: node,
  ...notes,
  ...allowance,
  encrypted: z
    .boolean()
    .optional()
    .meta({ description: 'true: a call in the clear is a downgrade' }),
  exceptionTo: z
    .array(ruleId)
    .optional()
    .meta({ description: 'Ids of deny rules that do not count for this edge' }),
  quarantine: z
    .array(z.enum(QUARANTINE_REASONS))
    .optional()
    .meta({ description: 'Why a person has to look at it first; remove it to let it hold' }),
})

const glob = (description: string) => text(description).optional()
const kindGlob = z
  .string()
  .refine((written) => NODE_KINDS.some((kind) => matchGlob(parseGlob(written), kind)), {
    message: `no kind of node is like this; kinds are ${NODE_KINDS.join(', ')}`,
  })
const globs = {
  environment: glob('* stands for any letters, here and below'),
  kind: kindGlob.optional().meta({ description: NODE_KINDS.join(', ') }),
  namespace: glob('of a service; "" is none'),
  name: glob('such as checkout, or checkout-*'),
  owner: glob('by tag'),
  dataClass: glob('by tag: one of its data classes'),
  exposure: glob('by tag'),
  layer: glob('by tag'),
}
/** Exceptions of exceptions of exceptions are where it ends. */
const withExceptions = <Inner extends z.ZodType>(inner: Inner) =>
  z.strictObject({
    ...globs,
    except: z.array(inner).max(EXCEPTIONS_MAX).optional().meta({ description: 'None of these' }),
  })
const patternFields = withExceptions(withExceptions(withExceptions(z.strictObject(globs))))
/** Matches nodes; the word any matches all. */
export const patternSchema = z.union([z.literal('any'), patternFields])

export const ruleSchema = z.strictObject({
  id: ruleId,
  effect: z.enum(['allow', 'deny']),
  source: patternSchema,
  target: patternSchema,
  ...notes,
  ...allowance,
})

export const taggedNodeSchema = z.strictObject({
  node,
  owner: text('Who answers for it').optional(),
  dataClasses: texts('Such as pii, payment, secrets').optional(),
  exposure: text('Such as public, internal').optional(),
  layer: text('Such as edge, web, service, data').optional(),
})

/** The file with lists of what is said: whole for the JSON Schema, shallow for the reader. */
const shell = <Entry extends z.ZodType, Rule extends z.ZodType, Tagged extends z.ZodType>(
  entry: Entry,
  rule: Rule,
  tagged: Tagged,
) =>
  z.strictObject({
    strayline: z.literal(FILE_FORM),
    environment: text('Of all nodes that state no other'),
    entries: z.array(entry).nullish().meta({ description: 'Approved edges' }),
    rules: z.array(rule).nullish().meta({ description: 'Edges allowed or denied by pattern' }),
    nodes: z.array(tagged).nullish().meta({ description: 'What is known of nodes' }),
  })

/** The lists as they are, so that one bad item hides no problem of another. */
export const shellSchema = shell(z.unknown(), z.unknown(), z.unknown())

export type FileNode = string | NodeFields
export type FileEntry = z.infer<typeof entrySchema>
export type FileRule = z.infer<typeof ruleSchema>
export type FilePattern = z.infer<typeof patternSchema>
export type FileTaggedNode = z.infer<typeof taggedNodeSchema>

/** The JSON Schema of a file (draft 7, which editors know best), as public/baseline.schema.json has it. */
export function baselineJsonSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(shell(entrySchema, ruleSchema, taggedNodeSchema), {
    target: 'draft-7',
    io: 'input',
  })
  return { $schema, title: 'Strayline baseline', ...rest }
}
