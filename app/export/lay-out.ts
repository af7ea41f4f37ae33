// Lays out drawings in a thread, one at a time, each with an end.
import type { Drawing } from '../../core/export/drawing.ts'
import type { Layout, LayoutEdge, LayoutNode } from '../../core/export/layout.ts'
import { createThreadQueue } from '../thread-queue.ts'

const LAY_OUT_WITHIN_MS = 60_000
const HELD_MAX = 8

export type LayOutDrawing = (drawing: Drawing) => Promise<Layout>

type Unplaced = { readonly nodes: readonly LayoutNode[]; readonly edges: readonly LayoutEdge[] }

/** Errors: what it gives rejects as those of a thread queue do. */
export function createLayoutQueue(): LayOutDrawing {
  const layOut = createThreadQueue<Unplaced, Layout>({
    file: new URL('./layout-thread.ts', import.meta.url),
    ...{ withinMs: LAY_OUT_WITHIN_MS, heldMax: HELD_MAX },
  })
  return ({ nodes, edges }) =>
    layOut({
      nodes: nodes.map(({ id, width, height }) => ({ id, width, height })),
      edges: edges.map(({ id, source, target }) => ({ id, source, target })),
    })
}
