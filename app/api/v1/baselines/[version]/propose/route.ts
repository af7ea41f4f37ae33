// /api/v1/baselines/VERSION/propose: hands a draft over for review.
import { proposeDraft } from '../../../../../../storage/baseline-drafts.ts'
import { actorOf } from '../../../../../caller.ts'
import { PROPOSE_BASELINE } from '../../../../../contract/routes/baselines.ts'
import { methods, serve } from '../../../../../contract/serve.ts'
import { database } from '../../../../../database.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(PROPOSE_BASELINE, async ({ params, query: { environment }, revision, caller }) => {
    const state = await proposeDraft(database(), {
      ...{ ...params, environment, actor: actorOf(caller), expectedRevision: revision },
    })
    return { environment, ...state }
  }),
)
