// /api/v1/baselines/VERSION/approve: makes it the active version.
import { approveVersion } from '../../../../../../storage/baseline-drafts.ts'
import { actorOf } from '../../../../../caller.ts'
import { APPROVE_BASELINE } from '../../../../../contract/routes/baselines.ts'
import { methods, serve } from '../../../../../contract/serve.ts'
import { database } from '../../../../../database.ts'
import { selfApproval } from '../../../../../self-approval.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(APPROVE_BASELINE, async ({ params, query: { environment }, body, revision, caller }) => {
    const state = await approveVersion(database(), {
      ...{
        ...params,
        environment,
        actor: actorOf(caller),
        expectedRevision: revision,
        ...body,
        selfApproval: selfApproval(),
      },
    })
    return { environment, ...state }
  }),
)
