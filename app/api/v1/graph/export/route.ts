// GET /api/v1/graph/export?environment=&window=&format=[&at=]: the whole graph of a window as a file.
// at: end of the window, unix ms; now when it is left out.
import { ExportQuery, parseQuery } from '../../../../api-input.ts'
import { database } from '../../../../database.ts'
import { exportGraph } from '../../../../export/export-graph.ts'
import { answerSafely, problem } from '../../../../problem.ts'
import { requireRouteSession } from '../../../../session.ts'

export function GET(request: Request): Promise<Response> {
  return answerSafely(async () => {
    const session = await requireRouteSession(request)
    if (!session.ok) return session.response
    const input = parseQuery(request, ExportQuery)
    if (!input.ok) return input.response
    const { at, ...query } = input.query
    try {
      const file = await exportGraph(database(), { ...query, atMs: at ?? Date.now() })
      return new Response(file.text, {
        headers: {
          'content-type': file.contentType,
          'content-disposition': `attachment; filename="${file.fileName}"`,
          'cache-control': 'private, no-store',
        },
      })
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'LAYOUT_BUSY' && code !== 'LAYOUT_LATE') throw error
      return problem(503, 'The drawing takes too long. Export DOT or Mermaid, or try again.')
    }
  })
}
