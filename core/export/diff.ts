// What differs between two baselines, as text: a list for a terminal, a picture, JSON, or both as Markdown.
import type { Change, Comparison, Difference } from '../baseline/compare.ts'
import type { BaselineEntry, BaselineRule, TaggedNode } from '../baseline/content.ts'
import { writeMoment } from '../baseline/file/moment.ts'
import { listOf, quote } from '../baseline/sentence.ts'
import type { DiffFormat } from './diff-formats.ts'
import { labelEdge, labelNode } from './edge-label.ts'
import { escapeMarkdown } from './markdown-text.ts'
import { exportMermaidDiff, type MarkedEdge } from './mermaid-diff.ts'
import { counted } from './numbered.ts'

export type DiffRequest = {
  readonly comparison: Comparison
  /** As people know them. */
  readonly leftName: string
  readonly rightName: string
  /** Of the right one. */
  readonly environment: string
}

const NOTHING = 'no difference'
const ROWS_MAX = 200

/** Ends in a line break. */
export function exportDiff(request: DiffRequest, format: DiffFormat): string {
  switch (format) {
    case 'list':
      return `${[...linesOf(request), summarise(request)].join('\n')}\n`
    case 'mermaid':
      return exportMermaidDiff(edgesOf(request)) ?? 'flowchart LR\n'
    case 'json':
      return `${JSON.stringify(documentOf(request), null, 1)}\n`
    case 'markdown':
      return markdownOf(request)
  }
}

function summarise({ comparison, leftName, rightName }: DiffRequest): string {
  const { entries, rules, nodes } = comparison
  const parts = [say(entries, 'edge'), say(rules, 'rule'), say(nodes, 'tagged node')]
  const said = parts.filter((part) => part !== '').join('; ')
  return `${leftName} -> ${rightName}: ${said || NOTHING}`
}

function say<T>({ added, removed, changed }: Difference<T>, word: string): string {
  const counts = [
    [added.length, 'more'],
    [removed.length, 'fewer'],
    [changed.length, 'changed'],
  ] as const
  return counts
    .filter(([count]) => count > 0)
    .map(([count, how]) => `${counted(count, word)} ${how}`)
    .join(', ')
}

function linesOf({ comparison, environment }: DiffRequest): readonly string[] {
  const { entries, rules, nodes } = comparison
  return [
    ...markLines(entries, (entry: BaselineEntry) => labelEdge(entry, environment)),
    ...markLines(rules, (rule: BaselineRule) => `rule ${rule.id} (${rule.effect})`),
    ...markLines(nodes, (node: TaggedNode) => `tags of ${labelNode(node, environment)}`),
  ]
}

function markLines<T>(
  { added, removed, changed }: Difference<T>,
  label: (item: T) => string,
): readonly string[] {
  return [
    ...added.map((item) => `+ ${label(item)}`),
    ...removed.map((item) => `- ${label(item)}`),
    ...changed.map((change) => `~ ${label(change.right)}: ${fieldsOf(change)}`),
  ]
}

function fieldsOf<T>({ left, right, fields }: Change<T>): string {
  return fields
    .map((field) => {
      const [before, after] = [left[field], right[field]].map((value) => valueText(field, value))
      return `${FILE_FIELDS[field] ?? field} ${before} -> ${after}`
    })
    .join(', ')
}

/** As files call them, where that is another word. */
const FILE_FIELDS: { readonly [field: string]: string } = {
  ...{ isEncrypted: 'encrypted', expiresAtMs: 'expires' },
}

function valueText(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return 'none'
  if (field === 'expiresAtMs') return writeMoment(new Date(Number(value)))
  if (Array.isArray(value)) return value.length === 0 ? 'none' : listOf(value.map(textOfItem))
  return typeof value === 'boolean' ? String(value) : textOfItem(value)
}

function textOfItem(item: unknown): string {
  return quote(typeof item === 'string' ? item : JSON.stringify(item))
}

function edgesOf({ comparison }: DiffRequest): readonly MarkedEdge[] {
  const { added, removed, changed } = comparison.entries
  return [
    ...added.map(({ source, target }) => ({
      source,
      target,
      mark: 'added' as const,
      label: 'new',
    })),
    ...removed.map(({ source, target }) => ({
      ...{ source, target, mark: 'removed' as const, label: 'gone' },
    })),
    ...changed.map(({ right: { source, target }, fields }) => ({
      ...{ source, target, mark: 'changed' as const, label: fields.join(', ') },
    })),
  ]
}

function documentOf(request: DiffRequest) {
  const { comparison, leftName, rightName, environment } = request
  return { left: leftName, right: rightName, environment, ...comparison }
}

function markdownOf(request: DiffRequest): string {
  const picture = exportMermaidDiff(edgesOf(request))
  const lines = linesOf(request)
  const more = lines.length - ROWS_MAX
  const rows = lines.slice(0, ROWS_MAX).map((line) => `- ${escapeMarkdown(line)}`)
  const parts = [
    `## ${escapeMarkdown(summarise(request))}`,
    ...(picture === null ? [] : [`\`\`\`mermaid\n${picture}\`\`\``]),
    ...(rows.length === 0
      ? []
      : [[...rows, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n')]),
  ]
  return `${parts.join('\n\n')}\n`
}
