// /api/v1/edges/ID: everything the side panel shows of one edge.
import { READ_EDGE } from '../../../../contract/routes/graph.ts'
import { methods, serve } from '../../../../contract/serve.ts'
import { database } from '../../../../database.ts'
import { readEdgeDetail } from '../../../../read-detail.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(READ_EDGE, ({ params, query }) =>
    readEdgeDetail(database(), { ...params, ...query, nowMs: Date.now() }),
  ),
)
