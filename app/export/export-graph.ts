// The graph that the map shows, as a file: the same text that `strayline graph` writes of it.
import 'server-only'
import { WINDOW_LABELS, type Window, windowRange } from '../../components/map/windows.ts'
import type { ExportFormat } from '../../core/export/formats.ts'
import { renderGraph } from '../../core/export/render.ts'
import { readGraph } from '../../storage/graph.ts'
import type { Sql } from '../../storage/sql.ts'
import { webProcess } from '../web-process.ts'

export type ExportRequest = {
  readonly environment: string
  readonly window: Window
  readonly format: ExportFormat
  /** End of the window, unix ms. */
  readonly atMs: number
}

export type ExportedFile = {
  readonly text: string
  readonly contentType: string
  readonly fileName: string
}

const TYPES: { readonly [format in ExportFormat]: readonly [string, string] } = {
  svg: ['svg', 'image/svg+xml; charset=utf-8'],
  mermaid: ['mmd', 'text/plain; charset=utf-8'],
  dot: ['dot', 'text/vnd.graphviz; charset=utf-8'],
  csv: ['csv', 'text/csv; charset=utf-8; header=present'],
  json: ['json', 'application/json'],
}

/** The same environment, graph, window and minute give the same bytes. */
export async function exportGraph(sql: Sql, request: ExportRequest): Promise<ExportedFile> {
  const { environment, window, format, atMs } = request
  const range = windowRange(window, atMs)
  const graph = await readGraph(sql, { environment, ...range })
  const until = new Date(atMs).toISOString().slice(0, 16)
  const from = new Date(range.fromMs).toISOString().slice(0, 16)
  const time = `${from.replace('T', ' ')} to ${until.replace('T', ' ')} UTC`
  const text = await renderGraph({
    ...{ graph, format, counters: {}, layOutDrawing: webProcess().layOutDrawing },
    title: { source: environment, details: [`Last ${WINDOW_LABELS[window]}: ${time}`] },
  })
  const [extension, contentType] = TYPES[format]
  const name = environment.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 60)
  const fileName = `strayline-${name}-${window}-${until.replaceAll(/\D/g, '')}.${extension}`
  return { text, contentType, fileName }
}
