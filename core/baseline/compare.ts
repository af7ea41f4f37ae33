// Two baselines side by side: what the right one has, lacks and says otherwise. Stored versions, files
// and what was learned from a live window are the same content, so any two can be compared.
import { compareEdges } from '../graph/from-delta.ts'
import { compareNodes, compareText, nodeId } from '../graph/node.ts'
import type { BaselineContent, BaselineEntry, BaselineRule, TaggedNode } from './content.ts'
import { edgeId } from './drift.ts'
import { moveEnvironment } from './move-environment.ts'

export type Change<T> = {
  readonly left: T
  readonly right: T
  /** What differs between the two, in order of their names. */
  readonly fields: readonly (keyof T & string)[]
}

/** Sorted: edges by their ends, rules by id, nodes by identity. */
export type Difference<T> = {
  readonly added: readonly T[]
  readonly removed: readonly T[]
  readonly changed: readonly Change<T>[]
}

export type Comparison = {
  readonly entries: Difference<BaselineEntry>
  readonly rules: Difference<BaselineRule>
  readonly nodes: Difference<TaggedNode>
}

/**
 * What makes `right` of `left`. Of two environments, the left one is moved to that of the right one
 * first. Lists are compared as sets, since their order says nothing. what: `edges` where a side was
 * learned from traffic, which knows nothing of purposes, rules and tags.
 */
export function compareBaselines(
  left: BaselineContent,
  right: BaselineContent,
  what: 'everything' | 'edges',
): Comparison {
  const from = moveEnvironment(left, right.environment)
  const entries = compareLists(from.entries, right.entries, { idOf: edgeId, order: compareEdges })
  if (what === 'edges')
    return { entries: { ...entries, changed: [] }, rules: NO_DIFFERENCE, nodes: NO_DIFFERENCE }
  return {
    entries,
    rules: compareLists(from.rules, right.rules, {
      idOf: ({ id }) => id,
      order: (a, b) => compareText(a.id, b.id),
    }),
    nodes: compareLists(from.nodes, right.nodes, { idOf: nodeId, order: compareNodes }),
  }
}

/** Whether the two say the same. */
export function isSame({ entries, rules, nodes }: Comparison): boolean {
  return [entries, rules, nodes].every(
    ({ added, removed, changed }) => added.length + removed.length + changed.length === 0,
  )
}

const NO_DIFFERENCE = { added: [], removed: [], changed: [] }

function compareLists<T extends object>(
  left: readonly T[],
  right: readonly T[],
  { idOf, order }: { readonly idOf: (item: T) => string; readonly order: (a: T, b: T) => number },
): Difference<T> {
  const before = new Map(left.map((item) => [idOf(item), item]))
  const after = new Map(right.map((item) => [idOf(item), item]))
  const changed: Change<T>[] = []
  for (const [id, item] of after) {
    const former = before.get(id)
    const fields = former ? changedFields(former, item) : []
    if (former && fields.length > 0) changed.push({ left: former, right: item, fields })
  }
  return {
    added: [...after].flatMap(([id, item]) => (before.has(id) ? [] : [item])).sort(order),
    removed: [...before].flatMap(([id, item]) => (after.has(id) ? [] : [item])).sort(order),
    changed: changed.sort((a, b) => order(a.right, b.right)),
  }
}

function changedFields<T extends object>(left: T, right: T): (keyof T & string)[] {
  const fields = new Set([...Object.keys(left), ...Object.keys(right)]) as Set<keyof T & string>
  return [...fields]
    .filter((field) => canonical(left[field]) !== canonical(right[field]))
    .sort(compareText)
}

/** Equal text for what says the same: lists in order, fields by name, what is undefined left out. */
function canonical(value: unknown): string {
  if (Array.isArray(value))
    return `[${[...new Set(value.map(canonical))].sort(compareText).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? ''
  const fields = Object.entries(value).filter(([, each]) => each !== undefined)
  const texts = fields.map(([field, each]) => `${JSON.stringify(field)}:${canonical(each)}`)
  return `{${texts.sort(compareText).join()}}`
}
