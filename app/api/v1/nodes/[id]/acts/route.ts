// /api/v1/nodes/ID/acts: an admin has the worker forget or rename a node.
import { requestNodeAct } from '../../../../../../storage/node-act-request.ts'
import { actorOf } from '../../../../../caller.ts'
import { ACT_ON_NODE } from '../../../../../contract/routes/graph.ts'
import { methods, serve } from '../../../../../contract/serve.ts'
import { database } from '../../../../../database.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(ACT_ON_NODE, async ({ params, body, caller }) => {
    await requestNodeAct(database(), { ...body, nodeId: params.id, actor: actorOf(caller) })
    return { requested: body.act }
  }),
)
