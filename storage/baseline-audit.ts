// What the audit says of a change of a baseline: both contents by size and digest, and the lines that differ, by name.
import { createHash } from 'node:crypto'
import type { BaselineContent, BaselineEntry } from '../core/baseline/content.ts'
import { edgeId } from '../core/baseline/drift.ts'
import type { NodeKey } from '../core/graph/node.ts'
import type { JsonValue } from './audit.ts'

const NAMED_MAX = 100

type Versioned = Pick<BaselineContent, 'entries' | 'rules'>
const NOTHING: Versioned = { entries: [], rules: [] }

/** before null: there was none. */
export function describeChange(
  before: Versioned | null,
  after: Versioned | null,
): { readonly [key: string]: JsonValue } {
  const [old, now] = [before ?? NOTHING, after ?? NOTHING].map(linesOf)
  const added = [...(now ?? [])].filter(([id]) => !old?.has(id)).map(([, line]) => line.label)
  const removed = [...(old ?? [])].filter(([id]) => !now?.has(id)).map(([, line]) => line.label)
  const changed = [...(now ?? [])].flatMap(([id, line]) => {
    const former = old?.get(id)
    return former && former.text !== line.text ? [line.label] : []
  })
  return {
    before: before && sizeOf(before),
    after: after && sizeOf(after),
    ...{ added: added.length, removed: removed.length, changed: changed.length },
    names: {
      added: added.slice(0, NAMED_MAX),
      removed: removed.slice(0, NAMED_MAX),
      changed: changed.slice(0, NAMED_MAX),
    },
  }
}

function sizeOf({ entries, rules }: Versioned): JsonValue {
  const sha256 = createHash('sha256')
    .update(JSON.stringify([entries, rules]))
    .digest('hex')
  return { entries: entries.length, rules: rules.length, sha256 }
}

type Line = { readonly label: string; readonly text: string }

function linesOf({ entries, rules }: Versioned): ReadonlyMap<string, Line> {
  return new Map([
    ...entries.map((entry) => [edgeId(entry), lineOf(entry)] as const),
    ...rules.map((rule) => {
      const text = JSON.stringify(rule)
      return [`rule ${rule.id}`, { label: `rule ${rule.id}`, text }] as const
    }),
  ])
}

function lineOf(entry: BaselineEntry): Line {
  const nameOf = ({ environment, kind, namespace, name }: NodeKey) =>
    `${environment} ${kind} ${namespace === '' ? name : `${namespace}/${name}`}`
  return {
    label: `${nameOf(entry.source)} -> ${nameOf(entry.target)}`,
    text: JSON.stringify(entry),
  }
}
