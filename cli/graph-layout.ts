// Runs the layout engine in this process. Loaded only for a format that draws, because its code is large.
import ElkConstructor, { type ELK } from 'elkjs/lib/elk.bundled.js'
import type { Drawing } from '../core/export/drawing.ts'
import { type Layout, layOut } from '../core/export/layout.ts'

/** Lays out everything. Equal drawings get equal positions. */
export function layOutDrawing({ nodes, edges }: Drawing): Promise<Layout> {
  return layOut(new (ElkConstructor as unknown as new () => ELK)(), nodes, edges)
}
