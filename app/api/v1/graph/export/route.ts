// /api/v1/graph/export: the whole graph of a window as a file.
import { EXPORT_GRAPH } from '../../../../contract/routes/graph.ts'
import { methods, serve } from '../../../../contract/serve.ts'
import { database } from '../../../../database.ts'
import { exportGraph } from '../../../../export/export-graph.ts'
import { problem } from '../../../../problem.ts'
import { threadFailureOf } from '../../../../thread-failure.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(EXPORT_GRAPH, async ({ query: { at, ...query } }) => {
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
      if (threadFailureOf(error) === undefined) throw error
      return problem(503, 'The drawing takes too long. Export DOT or Mermaid, or try again.')
    }
  }),
)
