// A graph -> the text of one format. The one list of what can be written, for the command line and the
// dashboard alike; only a drawing needs a layout, which the caller brings.
import type { Graph } from '../graph/graph.ts'
import { exportCsv } from './csv.ts'
import { exportDot } from './dot.ts'
import { type Drawing, planDrawing } from './drawing.ts'
import type { GraphFormat } from './formats.ts'
import { type Counters, exportJson } from './json.ts'
import type { Layout } from './layout.ts'
import { exportMermaid } from './mermaid.ts'
import { exportSvg, type SvgTitle } from './svg.ts'
import { exportTable } from './table.ts'

export type RenderRequest = {
  readonly graph: Graph
  readonly format: GraphFormat
  /** For JSON. */
  readonly counters: Counters
  /** For a drawing. */
  readonly title: SvgTitle
  readonly layOutDrawing: (drawing: Drawing) => Promise<Layout>
}

/** Equal requests give equal bytes. Errors: rejects as layOutDrawing does. */
export async function renderGraph(request: RenderRequest): Promise<string> {
  const { graph, format, counters, title, layOutDrawing } = request
  switch (format) {
    case 'table':
      return exportTable(graph)
    case 'json':
      return exportJson(graph, counters)
    case 'csv':
      return exportCsv(graph)
    case 'dot':
      return exportDot(graph)
    case 'mermaid':
      return exportMermaid(graph)
    case 'svg': {
      const drawing = planDrawing(graph)
      return exportSvg({ drawing, layout: await layOutDrawing(drawing), title })
    }
  }
}
