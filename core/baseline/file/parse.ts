// A baseline file's text -> its content, or every problem in it at once, each with line and column. The other
// half of print.ts: what that writes is read back as it was. Source: DESIGN section 4, docs/guide/baseline.md.
import type { z } from 'zod'
import type { EdgeKey } from '../../graph/edge.ts'
import { displayProse } from '../../graph/label.ts'
import { nodeId } from '../../graph/node.ts'
import type {
  Allowance,
  BaselineContent,
  BaselineEntry,
  BaselineRule,
  NodePattern,
  Notes,
  TaggedNode,
} from '../content.ts'
import { edgeId } from '../drift.ts'
import { readMoment } from './moment.ts'
import { nodeOfFields, readNodeText } from './node-text.ts'
import type { FileProblem } from './place.ts'
import { explainIssues } from './problems.ts'
import { offsetOf, placeAt, readYaml, type YamlRead } from './read-yaml.ts'
import {
  entrySchema,
  type FileEntry,
  type FileNode,
  type FilePattern,
  type FileRule,
  type FileTaggedNode,
  ruleSchema,
  shellSchema,
  taggedNodeSchema,
} from './schema.ts'

/** Lines count from 1. */
export type BaselineLines = {
  /** By edgeId. */
  readonly entries: ReadonlyMap<string, number>
  /** By id. */
  readonly rules: ReadonlyMap<string, number>
}
export type ParsedBaseline =
  | { readonly ok: true; readonly content: BaselineContent; readonly lines: BaselineLines }
  | { readonly ok: false; readonly problems: readonly FileProblem[] }

/** More are counted, not told. */
const PROBLEMS_MAX = 100
const MESSAGE_CHARS_MAX = 300

/**
 * Reads a file. Lists keep their order; what is left out has its default. Errors: all problems in order of
 * their places, at most 100 and one that counts the rest; never throws on input.
 */
export function parseBaselineFile(text: string): ParsedBaseline {
  const read = readYaml(text)
  const problems = [...read.problems]
  const drafts = readDrafts(read, problems)
  if (drafts !== null) reportRepeats(read, drafts, problems)
  if (drafts === null || problems.length > 0) return { ok: false, problems: inOrder(problems) }
  return { ok: true, ...contentOf(read, drafts) }
}

/** A list's item as it was checked, with its position in the list. */
type Drafted<Item> = { readonly at: number; readonly item: Item }
type Drafts = {
  readonly environment: string
  readonly entries: readonly Drafted<FileEntry>[]
  readonly rules: readonly Drafted<FileRule>[]
  readonly nodes: readonly Drafted<FileTaggedNode>[]
}

/** What could be read of the lists, also where something else is wrong; null when nothing could be. */
function readDrafts(read: YamlRead, problems: FileProblem[]): Drafts | null {
  if (read.value === undefined) {
    if (problems.length === 0)
      problems.push({
        line: 1,
        column: 1,
        message: 'the file is empty; it begins with strayline: baseline/v1',
      })
    return null
  }
  const shell = shellSchema.safeParse(read.value)
  if (!shell.success) problems.push(...explainIssues(read, shell.error.issues, []))
  const file = (typeof read.value === 'object' ? read.value : null) as {
    readonly [field: string]: unknown
  } | null
  const environment = typeof file?.environment === 'string' ? file.environment : ''
  const readList = <Item>(field: string, schema: z.ZodType<Item>): Drafted<Item>[] => {
    const list = file?.[field]
    if (!Array.isArray(list)) return []
    return list.flatMap((value, at) => {
      const item = schema.safeParse(value)
      if (item.success) return [{ at, item: item.data }]
      problems.push(...explainIssues(read, item.error.issues, [field, at]))
      return []
    })
  }
  return {
    environment,
    entries: readList('entries', entrySchema),
    rules: readList('rules', ruleSchema),
    nodes: readList('nodes', taggedNodeSchema),
  }
}

/** What is wrong between items: the same thing twice, an exception to no rule. */
function reportRepeats(read: YamlRead, drafts: Drafts, problems: FileProblem[]): void {
  const { environment } = drafts
  const report = (path: readonly PropertyKey[], message: string) =>
    problems.push({ ...placeAt(read.lines, offsetOf(read, path, 'value')), message })
  const refuseRepeats = (field: string, what: string, ids: readonly Drafted<string>[]) => {
    const firstAt = new Map<string, number>()
    for (const { at, item } of ids) {
      const first = firstAt.get(item)
      if (first === undefined) firstAt.set(item, at)
      else {
        const { line } = placeAt(read.lines, offsetOf(read, [field, first], 'value'))
        report([field, at], `${what} stands already in line ${line}; keep one of the two`)
      }
    }
  }
  const named = <Item>(drafted: readonly Drafted<Item>[], nameOf: (item: Item) => string) =>
    drafted.map(({ at, item }) => ({ at, item: nameOf(item) }))
  refuseRepeats(
    'entries',
    'this edge',
    named(drafts.entries, (entry) => edgeId(endsOf(entry, environment))),
  )
  refuseRepeats(
    'rules',
    'a rule of this id',
    named(drafts.rules, ({ id }) => id),
  )
  refuseRepeats(
    'nodes',
    'this node',
    named(drafts.nodes, ({ node }) => nodeId(nodeOf(node, environment))),
  )
  const ids = new Set(drafts.rules.map(({ item }) => item.id))
  for (const { at, item } of drafts.entries) {
    for (const [index, id] of (item.exceptionTo ?? []).entries())
      if (!ids.has(id))
        report(
          ['entries', at, 'exceptionTo', index],
          `there is no rule of the id ${JSON.stringify(id)}`,
        )
  }
}

/** Sorted, bounded, and safe to show: what a message quotes of the file may hold anything. */
function inOrder(problems: readonly FileProblem[]): readonly FileProblem[] {
  const sorted = problems
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .map(({ message, ...place }) => ({ ...place, message: displayProse(clip(message)) }))
  if (sorted.length <= PROBLEMS_MAX) return sorted
  const told = sorted.slice(0, PROBLEMS_MAX)
  const last = told[PROBLEMS_MAX - 1]!
  const message = `${sorted.length - PROBLEMS_MAX} more problems follow`
  return [...told, { line: last.line, column: last.column, message }]
}

function clip(message: string): string {
  if (message.length <= MESSAGE_CHARS_MAX) return message
  const half = MESSAGE_CHARS_MAX / 2
  return `${message.slice(0, half)}…${message.slice(-half)}`.toWellFormed()
}

function contentOf(
  read: YamlRead,
  drafts: Drafts,
): {
  readonly content: BaselineContent
  readonly lines: BaselineLines
} {
  const { environment } = drafts
  const entries = drafts.entries.map(({ item }) => entryOf(item, environment))
  const rules = drafts.rules.map(({ item }) => ruleOf(item))
  const nodes = drafts.nodes.map(({ item }) => taggedNodeOf(item, environment))
  const lineOf = (field: string, at: number) =>
    placeAt(read.lines, offsetOf(read, [field, at], 'value')).line
  return {
    content: { environment, entries, rules, nodes },
    lines: {
      entries: new Map(entries.map((entry, at) => [edgeId(entry), lineOf('entries', at)])),
      rules: new Map(rules.map(({ id }, at) => [id, lineOf('rules', at)])),
    },
  }
}

function entryOf(entry: FileEntry, environment: string): BaselineEntry {
  return {
    ...endsOf(entry, environment),
    ...notesOf(entry),
    ...allowanceOf(entry),
    isEncrypted: entry.encrypted ?? false,
    exceptionTo: entry.exceptionTo ?? [],
    quarantine: entry.quarantine ?? [],
  }
}

function ruleOf(rule: FileRule): BaselineRule {
  return {
    id: rule.id,
    effect: rule.effect,
    source: patternOf(rule.source),
    target: patternOf(rule.target),
    ...notesOf(rule),
    ...allowanceOf(rule),
  }
}

function taggedNodeOf(tagged: FileTaggedNode, environment: string): TaggedNode {
  return {
    ...nodeOf(tagged.node, environment),
    owner: tagged.owner ?? '',
    dataClasses: tagged.dataClasses ?? [],
    exposure: tagged.exposure ?? '',
    layer: tagged.layer ?? '',
  }
}

function endsOf(entry: FileEntry, environment: string): EdgeKey {
  return {
    source: nodeOf(entry.source, environment),
    target: nodeOf(entry.target, environment),
  }
}

function nodeOf(written: FileNode, environment: string) {
  if (typeof written !== 'string') return nodeOfFields(written, environment)
  const read = readNodeText(written)
  // The schema refuses every other text.
  return nodeOfFields(read.ok ? read.node : { name: written }, environment)
}

function patternOf(written: FilePattern): NodePattern {
  return written === 'any' ? {} : (written as NodePattern)
}

function notesOf(item: FileEntry | FileRule): Notes {
  return {
    purpose: item.purpose ?? '',
    owner: item.owner ?? '',
    ticket: item.ticket ?? '',
    approver: item.approver ?? '',
    expiresAtMs: item.expires === undefined ? null : readMoment(item.expires),
  }
}

function allowanceOf(item: FileEntry | FileRule): Allowance {
  return {
    protocols: item.protocols ?? null,
    operations: item.operations ?? null,
    ports: item.ports ?? null,
  }
}
