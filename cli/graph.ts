// `strayline graph FILE...`: trace files -> graph -> text, offline. Equal spans in any order give equal bytes.
import path from 'node:path'
import type { GraphFormat } from '../core/export/formats.ts'
import { renderGraph } from '../core/export/render.ts'
import { type CapturesRequest, nameOfFile, readCaptures } from './read-captures.ts'
import { complain } from './terminal.ts'

const EXIT_UNREADABLE = 2

type GraphRequest = CapturesRequest & { readonly format: GraphFormat }

/**
 * Prints the graph of all files on stdout, and on stderr what could not be read and where.
 * Gives the exit code: 0, or 2 when nothing at all could be read. Throws nothing on input.
 */
export async function printGraph(request: GraphRequest): Promise<number> {
  const text = await renderFiles(request)
  if (text === null) {
    complain('nothing could be read')
    return EXIT_UNREADABLE
  }
  process.stdout.write(text)
  return 0
}

/** What printGraph prints; null when nothing at all could be read. */
export async function renderFiles(request: GraphRequest): Promise<string | null> {
  const read = await readCaptures(request)
  if (read === null) return null
  const names = request.files.map((file) => path.basename(nameOfFile(file)))
  return renderGraph({
    ...{ ...read, format: request.format },
    title: { source: names.join(', '), details: [] },
    layOutDrawing: async (drawing) => (await import('./graph-layout.ts')).layOutDrawing(drawing),
  })
}
