// Changes of a draft, one after the other, as a person makes them. Pure: content in, content out.

import type { EdgeKey } from '../graph/edge.ts'
import type { Allowance, BaselineContent, BaselineEntry, BaselineRule, Notes } from './content.ts'
import { edgeId } from './drift.ts'

/** What of an entry can be changed; the edge is what it is. */
export type EntryChange = Partial<
  Notes & Allowance & Pick<BaselineEntry, 'isEncrypted' | 'exceptionTo' | 'quarantine'>
>

export type DraftEdit =
  /** Changes what is said of an entry; quarantine [] clears it. */
  | { readonly edit: 'changeEntry'; readonly edge: EdgeKey; readonly change: EntryChange }
  /** Adds an entry, or replaces that of the same edge. */
  | { readonly edit: 'putEntry'; readonly entry: BaselineEntry }
  | { readonly edit: 'removeEntry'; readonly edge: EdgeKey }
  /** Clears the quarantine of every entry. */
  | { readonly edit: 'clearQuarantine' }
  /** Adds a rule, or replaces that of the same id. */
  | { readonly edit: 'putRule'; readonly rule: BaselineRule }
  | { readonly edit: 'removeRule'; readonly id: string }

/**
 * The content after these edits; `missing` names the first edge or rule that was to be changed and is not there.
 */
export function applyEdits(
  content: BaselineContent,
  edits: readonly DraftEdit[],
):
  | { readonly ok: true; readonly content: BaselineContent }
  | { readonly ok: false; readonly missing: string } {
  const entries = new Map(content.entries.map((entry) => [edgeId(entry), entry]))
  const rules = new Map(content.rules.map((rule) => [rule.id, rule]))
  for (const each of edits) {
    const missing = applyEdit(each, entries, rules)
    if (missing !== null) return { ok: false, missing }
  }
  return {
    ok: true,
    content: { ...content, entries: [...entries.values()], rules: [...rules.values()] },
  }
}

/** Returns what is missing for it; null when it was done. */
function applyEdit(
  each: DraftEdit,
  entries: Map<string, BaselineEntry>,
  rules: Map<string, BaselineRule>,
): string | null {
  switch (each.edit) {
    case 'changeEntry': {
      const known = entries.get(edgeId(each.edge))
      if (!known) return labelOf(each.edge)
      entries.set(edgeId(each.edge), { ...known, ...each.change })
      return null
    }
    case 'putEntry':
      entries.set(edgeId(each.entry), each.entry)
      return null
    case 'removeEntry':
      return entries.delete(edgeId(each.edge)) ? null : labelOf(each.edge)
    case 'clearQuarantine':
      for (const [id, entry] of entries)
        if (entry.quarantine.length > 0) entries.set(id, { ...entry, quarantine: [] })
      return null
    case 'putRule':
      rules.set(each.rule.id, each.rule)
      return null
    case 'removeRule':
      return rules.delete(each.id) ? null : each.id
  }
}

function labelOf({ source, target }: EdgeKey): string {
  return `${source.name} -> ${target.name}`
}
