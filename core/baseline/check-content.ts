// Whether a baseline can be stored as it stands: of one environment, each edge and rule once, bounded. What a file or
// a request must look like is checked where it is read; this is what every way in has in common.
import type { BaselineContent, BaselineRule, NodePattern, Notes } from './content.ts'
import { edgeId } from './drift.ts'

export const ENTRIES_MAX = 100_000
export const RULES_MAX = 1_000
const PATTERNS_DEEP_MAX = 4
const TEXT_CHARS_MAX = 2_000
const LIST_MAX = 1_000
/** The last moment that a date can say, year 9999. */
const TIME_MAX_MS = 253_402_300_799_999

/** A sentence that says what is wrong; null when nothing is. */
export function findContentProblem(content: BaselineContent): string | null {
  const { environment, entries, rules } = content
  if (entries.length > ENTRIES_MAX) return `A baseline holds at most ${ENTRIES_MAX} entries.`
  if (rules.length > RULES_MAX) return `A baseline holds at most ${RULES_MAX} rules.`
  const edges = new Set<string>()
  for (const entry of entries) {
    const { source, target } = entry
    const label = `${source.name} -> ${target.name}`
    if (source.environment !== environment)
      return `The entry ${label} is of the environment ${source.environment}, not ${environment}.`
    if (edges.has(edgeId(entry))) return `The entry ${label} is there twice.`
    edges.add(edgeId(entry))
    const texts = [source, target].flatMap((node) => [node.namespace, node.name, node.environment])
    const problem = findTextProblem([...texts, ...textsOf(entry), ...entry.exceptionTo], entry)
    if (problem) return `The entry ${label} ${problem}.`
  }
  return findRuleProblem(rules)
}

function findRuleProblem(rules: readonly BaselineRule[]): string | null {
  const ids = new Set<string>()
  for (const rule of rules) {
    if (!/^[A-Za-z0-9._-]{1,64}$/.test(rule.id))
      return 'The id of a rule is of letters, digits, dots, dashes and underscores, at most 64.'
    if (ids.has(rule.id)) return `The rule ${rule.id} is there twice.`
    ids.add(rule.id)
    const patterns = [rule.source, rule.target]
    const texts = patterns.flatMap((pattern) => patternTexts(pattern, 0))
    const problem = findTextProblem([...texts, ...textsOf(rule)], rule)
    if (problem) return `The rule ${rule.id} ${problem}.`
  }
  return null
}

function textsOf(given: Notes & Pick<BaselineRule, 'operations'>): readonly string[] {
  const { purpose, owner, ticket, approver, operations } = given
  return [purpose, owner, ticket, approver, ...(operations ?? [])]
}

/** Nested deeper than anybody means it, a pattern yields a text that is too long for any. */
function patternTexts({ except, ...fields }: NodePattern, depth: number): readonly string[] {
  if (depth > PATTERNS_DEEP_MAX) return ['*'.repeat(TEXT_CHARS_MAX + 1)]
  const own = Object.values(fields)
  return [...own, ...(except ?? []).flatMap((pattern) => patternTexts(pattern, depth + 1))]
}

function findTextProblem(
  texts: readonly string[],
  { expiresAtMs, operations, ports }: Pick<BaselineRule, 'expiresAtMs' | 'operations' | 'ports'>,
): string | null {
  if (texts.some((text) => text.length > TEXT_CHARS_MAX)) return 'has a text that is too long'
  if (texts.some((text) => !text.isWellFormed() || text.includes('\0')))
    return 'has a text with signs that cannot be stored'
  if ((operations?.length ?? 0) > LIST_MAX || (ports?.length ?? 0) > LIST_MAX)
    return `lists more than ${LIST_MAX} operations or ports`
  if (expiresAtMs !== null && !(expiresAtMs >= 0 && expiresAtMs <= TIME_MAX_MS))
    return 'expires at a time that is no date'
  return null
}
