// A graph -> the text of one format. What only a drawing needs (the layout engine) is loaded only for it.
import path from 'node:path'
import { exportCsv } from '../core/export/csv.ts'
import { exportDot } from '../core/export/dot.ts'
import { planDrawing } from '../core/export/drawing.ts'
import type { GraphFormat } from '../core/export/formats.ts'
import { type Counters, exportJson } from '../core/export/json.ts'
import { exportMermaid } from '../core/export/mermaid.ts'
import { exportSvg } from '../core/export/svg.ts'
import { exportTable } from '../core/export/table.ts'
import type { Graph } from '../core/graph/graph.ts'

/** files: where the graph comes from, for the title of a drawing; `-` is standard input. */
export async function renderGraph(request: {
  readonly graph: Graph
  readonly counters: Counters
  readonly format: GraphFormat
  readonly files: readonly string[]
}): Promise<string> {
  const { graph, counters, format, files } = request
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
    case 'svg':
      return drawGraph(graph, files)
  }
}

async function drawGraph(graph: Graph, files: readonly string[]): Promise<string> {
  const { layOutDrawing } = await import('./graph-layout.ts')
  const names = files.map((file) => (file === '-' ? 'standard input' : path.basename(file)))
  const drawing = planDrawing(graph)
  const layout = await layOutDrawing(drawing)
  return exportSvg({ drawing, layout, title: { source: names.join(', '), details: [] } })
}
