// /api/v1/baselines/VERSION/promote: a draft of the same content in another environment.
import { promoteBaseline } from '../../../../../../storage/baselines.ts'
import { actorOf } from '../../../../../caller.ts'
import { PROMOTE_BASELINE } from '../../../../../contract/routes/baselines.ts'
import { methods, serve } from '../../../../../contract/serve.ts'
import { database } from '../../../../../database.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(PROMOTE_BASELINE, async ({ params, query: { environment }, body, caller }) => {
    const state = await promoteBaseline(database(), {
      ...{ ...params, environment, actor: actorOf(caller), ...body },
    })
    return { environment: body.toEnvironment, ...state }
  }),
)
