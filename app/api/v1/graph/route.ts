// /api/v1/graph: the graph of a window, held against the active baseline.
import { READ_GRAPH } from '../../../contract/routes/graph.ts'
import { methods, serve } from '../../../contract/serve.ts'
import { database } from '../../../database.ts'
import { readMap } from '../../../read-map.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(READ_GRAPH, ({ query }) => readMap(database(), { ...query, nowMs: Date.now() })),
)
