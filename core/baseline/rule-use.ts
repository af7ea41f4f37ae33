// How much each rule is used, by what is stored of the live edges: a rule that nothing matches any more
// can go.
import type { EdgeKey } from '../graph/edge.ts'
import type { BaselineRule } from './content.ts'
import type { Inventory } from './inventory.ts'
import { matchingRules, prepareRule } from './prepare.ts'

export type RuleUse = {
  /** Calls over the edges that match. */
  readonly hits: number
  /** When the last of them was seen, unix ms; null: nothing matches. */
  readonly lastUseMs: number | null
}

/** By rule id, for every rule, expired ones too. edges: live ones, each once, resolved, any order. */
export function countRuleUse(
  rules: readonly BaselineRule[],
  edges: Iterable<EdgeKey & { readonly calls: number; readonly lastSeenMs: number }>,
  tags: Inventory,
): ReadonlyMap<string, RuleUse> {
  const prepared = rules.map(prepareRule)
  const use = new Map<string, RuleUse>(rules.map(({ id }) => [id, { hits: 0, lastUseMs: null }]))
  for (const edge of edges)
    for (const { id } of matchingRules(prepared, edge, { tags })) {
      const { hits, lastUseMs } = use.get(id)!
      use.set(id, {
        hits: hits + edge.calls,
        lastUseMs: Math.max(lastUseMs ?? edge.lastSeenMs, edge.lastSeenMs),
      })
    }
  return use
}
