// /api/v1/baselines/VERSION/rollback: a new version with the content of this one.
import { rollBack } from '../../../../../../storage/baselines.ts'
import { actorOf } from '../../../../../caller.ts'
import { ROLL_BACK } from '../../../../../contract/routes/baselines.ts'
import { methods, serve } from '../../../../../contract/serve.ts'
import { database } from '../../../../../database.ts'
import { selfApproval } from '../../../../../self-approval.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(ROLL_BACK, async ({ params, query: { environment }, body, caller }) => {
    const state = await rollBack(database(), {
      ...{ ...params, environment, actor: actorOf(caller), ...body, selfApproval: selfApproval() },
    })
    return { environment, ...state }
  }),
)
