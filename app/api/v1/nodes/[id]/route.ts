// /api/v1/nodes/ID: everything the side panel shows of one node.
import { READ_NODE } from '../../../../contract/routes/graph.ts'
import { methods, serve } from '../../../../contract/serve.ts'
import { database } from '../../../../database.ts'
import { readNodeDetail } from '../../../../read-detail.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(READ_NODE, ({ params, query }) =>
    readNodeDetail(database(), { ...params, ...query, nowMs: Date.now() }),
  ),
)
