// Rules held against the stored edges of an environment: how much those of a version are used, and what one would match.
import type { BaselineRule } from '../core/baseline/content.ts'
import { matchingRules, prepareRule } from '../core/baseline/prepare.ts'
import { countRuleUse, type RuleUse } from '../core/baseline/rule-use.ts'
import type { EdgeKey } from '../core/graph/edge.ts'
import { requireVersionContent } from './baseline-drafts.ts'
import { readGroups } from './graph-groups.ts'
import { createJudgeCache, readInventory } from './prepared-baselines.ts'
import type { Query, Sql } from './sql.ts'

/**
 * The rules of a version with how much each is used: calls over the stored edges that match, and when the last of them was
 * seen. Errors: StorageError BASELINE_UNKNOWN.
 */
export async function readRuleUse(
  sql: Sql,
  environment: string,
  version: number,
): Promise<readonly (BaselineRule & RuleUse)[]> {
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const { rules } = await requireVersionContent(tx, environment, version)
    const tags = await readInventory(tx, createJudgeCache())
    const use = countRuleUse(rules, await readCalled(tx, environment), tags)
    return rules.map((rule) => ({ hits: 0, lastUseMs: null, ...rule, ...use.get(rule.id) }))
  })
}

/** An edge in resolved identities, with its calls of all time and when it was seen last (unix ms). */
export type CalledEdge = EdgeKey & { readonly calls: number; readonly lastSeenMs: number }

/** The stored edges of an environment that a rule matches, expired or not. */
export async function findMatchingEdges(
  sql: Sql,
  environment: string,
  rule: BaselineRule,
): Promise<readonly CalledEdge[]> {
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const tags = await readInventory(tx, createJudgeCache())
    const prepared = [prepareRule(rule)]
    const edges = await readCalled(tx, environment)
    return edges.filter((edge) => matchingRules(prepared, edge, { tags }).length > 0)
  })
}

async function readCalled(tx: Query, environment: string): Promise<readonly CalledEdge[]> {
  const { edges } = await readGroups(tx, environment)
  return edges.map(({ source, target, members }) => ({
    ...{ source, target },
    calls: members.reduce((sum, edge) => sum + edge.calls, 0),
    lastSeenMs: Math.max(...members.map((edge) => edge.lastSeenMs)),
  }))
}
