// Which environment of captures is held against, or becomes, the baseline of an environment. Pipelines often record
// under another name than the one that was approved; that is taken for the same only where it was said, or where
// the spans state no environment at all.
import type { NodeKey } from '../graph/node.ts'
import { compareText } from '../graph/node.ts'
import type { Evidence } from './evidence.ts'
import { countOf, quote } from './sentence.ts'

/** What the fold calls the environment of spans that state none. */
const UNSTATED = 'default'
const LISTED_MAX = 10

export type PickRequest = {
  readonly evidence: Evidence
  /** Of the baseline; null where the captures are to make one. */
  readonly wanted: string | null
  /** What a person said it is; null when nothing. */
  readonly chosen: string | null
}
export type PickedEnvironment =
  | {
      readonly ok: true
      readonly from: string
      readonly to: string
      /** Whose edges are left out, in words; null when none are. */
      readonly leftOut: string | null
    }
  | { readonly ok: false; readonly message: string }

/** The environment of the captures, and the one that it stands for. Errors: one sentence that says what was found. */
export function pickEnvironment({ evidence, wanted, chosen }: PickRequest): PickedEnvironment {
  const found = countEdges(evidence)
  const to = wanted ?? chosen
  const only = found.size === 1 ? [...found.keys()][0]! : null
  const pick = (from: string): PickedEnvironment => {
    const others = [...found].filter(([name, edges]) => name !== from && edges > 0)
    return { ok: true, from, to: to ?? from, leftOut: others.length > 0 ? list(others) : null }
  }
  if (chosen !== null && found.has(chosen)) return pick(chosen)
  if (chosen === null && to !== null && found.has(to)) return pick(to)
  const isSaid = chosen !== null && chosen === to
  if (only !== null && (to === null || isSaid || only === UNSTATED)) return pick(only)
  return { ok: false, message: explain(found, to) }
}

function countEdges({ edges, nodes }: Evidence): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const { environment, isObserved } of nodes)
    if (isObserved) found.set(environment, found.get(environment) ?? 0)
  for (const { source } of edges)
    found.set(source.environment, (found.get(source.environment) ?? 0) + 1)
  return found
}

function explain(found: ReadonlyMap<string, number>, to: string | null): string {
  if (found.size === 0) return 'the captures hold no service at all'
  const what = list([...found])
  if (to === null) return `the captures hold ${what}; choose one with --environment`
  return `the captures hold nothing of environment ${quote(to)}, but ${what}; choose one with --environment`
}

/** Environments with their edges, the first few by name. */
function list(found: readonly (readonly [name: string, edges: number])[]): string {
  const listed = found
    .toSorted(([a], [b]) => compareText(a, b))
    .slice(0, LISTED_MAX)
    .map(([name, edges]) => `${quote(name)} (${countOf(edges, 'edge', 'edges')})`)
  const more = found.length - listed.length
  return `${listed.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** The evidence with one environment under the name of another; the edges that had that name before are left out. */
export function renameEnvironment(
  { edges, nodes }: Evidence,
  { from, to }: { readonly from: string; readonly to: string },
): Evidence {
  if (from === to) return { edges, nodes }
  const rename = <T extends NodeKey>(node: T): T =>
    node.environment === from ? { ...node, environment: to } : node
  return {
    edges: edges
      .filter(({ source }) => source.environment !== to)
      .map((edge) => ({ ...edge, source: rename(edge.source), target: rename(edge.target) })),
    nodes: nodes.filter(({ environment }) => environment !== to).map(rename),
  }
}
