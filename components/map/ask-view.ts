// What the map shows of a view when it is asked to find and to hide, and what it says about that.
import type { OperandName } from '../../core/find/operands.ts'
import { type FindProblem, type Parsed, parseFind } from '../../core/find/parse.ts'
import { type Shown, showGraph } from '../../core/find/show.ts'
import { plural } from '../ui/numbers.ts'
import type { MapView } from './map-view.ts'

/** Ids of nodes and edges, as in the view. */
export type Found = NonNullable<Shown['found']>

export type AskedView = {
  /** What is left when all that is hidden is taken out. */
  readonly view: MapView
  readonly found: Found | null
  readonly hidden: { readonly nodes: number; readonly edges: number }
  /** A query with a problem is not followed: nothing is hidden, or everything is as found. */
  readonly problems: { readonly find: FindProblem | null; readonly hide: FindProblem | null }
  /** Operands that this view was read without. */
  readonly unread: readonly OperandName[]
}

export type Asked = { readonly find: string; readonly hide: string }

export function askView(view: MapView, asked: Asked): AskedView {
  const [find, hide] = [parseFind(asked.find), parseFind(asked.hide)]
  const shown = showGraph(view, { find: queryOf(find), hide: queryOf(hide) })
  const nodes = view.nodes.filter((node) => shown.nodeIds.has(node.id))
  const edges = view.edges.filter((edge) => shown.edgeIds.has(edge.id))
  const isWhole = nodes.length === view.nodes.length && edges.length === view.edges.length
  return {
    view: isWhole ? view : { ...view, nodes, edges },
    found: shown.found,
    hidden: {
      nodes: view.nodes.length - nodes.length,
      edges: view.edges.length - edges.length,
    },
    problems: { find: problemOf(find), hide: problemOf(hide) },
    unread: shown.unread,
  }
}

/** 'Found 7 of 120 nodes, 12 of 300 edges; hidden 3 nodes, 5 edges': '' when nothing was asked. */
export function sayAsked({ view, found, hidden, unread }: AskedView): string {
  const finds = found
    ? `found ${found.nodeIds.size} of ${plural(view.nodes.length, 'node')}, ` +
      `${found.edgeIds.size} of ${plural(view.edges.length, 'edge')}`
    : ''
  const hides =
    hidden.nodes + hidden.edges > 0
      ? `hidden ${plural(hidden.nodes, 'node')}, ${plural(hidden.edges, 'edge')}`
      : ''
  const missing =
    unread.length > 0 ? `${unread.join(' and ')}: not read, there are too many edges` : ''
  return [finds, hides, missing].filter(Boolean).join('; ')
}

function queryOf(parsed: Parsed) {
  return parsed.ok ? parsed.query : null
}

function problemOf(parsed: Parsed): FindProblem | null {
  return parsed.ok ? null : parsed.problem
}
