// /api/v1/baselines/VERSION/return: sends a version in review back to be a draft.
import { returnDraft } from '../../../../../../storage/baseline-drafts.ts'
import { actorOf } from '../../../../../caller.ts'
import { RETURN_BASELINE } from '../../../../../contract/routes/baselines.ts'
import { methods, serve } from '../../../../../contract/serve.ts'
import { database } from '../../../../../database.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(RETURN_BASELINE, async ({ params, query: { environment }, body, revision, caller }) => {
    const state = await returnDraft(database(), {
      ...{ ...params, environment, actor: actorOf(caller), expectedRevision: revision, ...body },
    })
    return { environment, ...state }
  }),
)
