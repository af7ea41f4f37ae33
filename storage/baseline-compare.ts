// Any two of a version, a live window and a content, side by side; and how much a version's rules are used.
import { type Comparison, compareBaselines } from '../core/baseline/compare.ts'
import type { BaselineContent, TaggedNode } from '../core/baseline/content.ts'
import { learnBaseline } from '../core/baseline/learn.ts'
import { countRuleUse, type RuleUse } from '../core/baseline/rule-use.ts'
import { requireVersionContent } from './baseline-drafts.ts'
import { readActiveVersion } from './baselines.ts'
import { StorageError } from './failure.ts'
import { readGroups } from './graph-groups.ts'
import { readTags } from './node-tags.ts'
import { createJudgeCache, readInventory } from './prepared-baselines.ts'
import type { Query, Sql } from './sql.ts'
import { readEvidence } from './window-evidence.ts'

/** One side of a comparison. */
export type ComparedSide =
  | { readonly side: 'version'; readonly environment: string; readonly version: number }
  /** The active version of an environment. */
  | { readonly side: 'active'; readonly environment: string }
  /** What was seen: its edges alone are compared. */
  | {
      readonly side: 'window'
      readonly environment: string
      readonly fromMs: number
      readonly toMs: number
    }
  /** For example of a file. */
  | { readonly side: 'content'; readonly content: BaselineContent }

/**
 * What makes `right` of `left`, all of one moment. Tags are compared only with those of a content, since stored ones belong
 * to no version. Errors: StorageError BASELINE_UNKNOWN.
 */
export async function compareSides(
  sql: Sql,
  left: ComparedSide,
  right: ComparedSide,
): Promise<Comparison> {
  const sides = [left, right]
  const isSeen = sides.some(({ side }) => side === 'window')
  const withTags = sides.some(({ side }) => side === 'content')
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const contents = [await readSide(tx, left, withTags), await readSide(tx, right, withTags)]
    const [from, to] = contents as [BaselineContent, BaselineContent]
    return compareBaselines(from, to, isSeen ? 'edges' : 'everything')
  })
}

async function readSide(
  tx: Query,
  compared: ComparedSide,
  withTags: boolean,
): Promise<BaselineContent> {
  if (compared.side === 'content') return compared.content
  const { environment } = compared
  if (compared.side === 'window') {
    const window = { environment, fromMs: compared.fromMs, toMs: compared.toMs }
    const pins = { protocols: false, operations: false, ports: false }
    return learnBaseline(await readEvidence(tx, window), { environment, window, pins })
  }
  const version =
    compared.side === 'version' ? compared.version : await requireActive(tx, environment)
  const content = await requireVersionContent(tx, environment, version)
  const nodes: readonly TaggedNode[] = withTags ? await readTags(tx, [environment]) : []
  return { ...content, nodes }
}

async function requireActive(tx: Query, environment: string): Promise<number> {
  const version = await readActiveVersion(tx, environment)
  if (version !== null) return version
  throw new StorageError('BASELINE_UNKNOWN', 'This environment has no active baseline yet.')
}

/**
 * How much each rule of a version is used, by its id: calls over the stored edges that match, and when the last of them was
 * seen. Errors: StorageError BASELINE_UNKNOWN.
 */
export async function readRuleUse(
  sql: Sql,
  environment: string,
  version: number,
): Promise<ReadonlyMap<string, RuleUse>> {
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const { rules } = await requireVersionContent(tx, environment, version)
    if (rules.length === 0) return new Map()
    const { edges } = await readGroups(tx, environment)
    const live = edges.map(({ source, target, members }) => ({
      ...{ source, target },
      calls: members.reduce((sum, edge) => sum + edge.calls, 0),
      lastSeenMs: Math.max(...members.map((edge) => edge.lastSeenMs)),
    }))
    const tags = await readInventory(tx, createJudgeCache())
    return countRuleUse(rules, live, tags)
  })
}
