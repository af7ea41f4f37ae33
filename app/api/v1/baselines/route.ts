// /api/v1/baselines: versions of an environment; a new draft.

import { windowRange } from '../../../../components/map/windows.ts'
import { createDraft } from '../../../../storage/baseline-drafts.ts'
import { listVersions } from '../../../../storage/baseline-record.ts'
import { actorOf } from '../../../caller.ts'
import { cutPage } from '../../../contract/paging.ts'
import { DRAFT_BASELINE, LIST_BASELINES } from '../../../contract/routes/baselines.ts'
import { methods, serve } from '../../../contract/serve.ts'
import { database } from '../../../database.ts'
import { toVersionView } from '../../../read-baselines.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(LIST_BASELINES, async ({ query: { environment, limit, cursor = null } }) => {
    const page = { environment, limit: limit + 1, after: cursor }
    return cutPage(await listVersions(database(), page), {
      ...{ route: LIST_BASELINES.id, limit, toItem: toVersionView },
      keyOf: ({ version }) => version,
    })
  }),
  serve(DRAFT_BASELINE, async ({ body: { environment, title, reason, source }, caller }) => {
    const state = await createDraft(database(), {
      ...{ environment, title, reason, actor: actorOf(caller) },
      source:
        source.from === 'window'
          ? { ...windowRange(source.window, Date.now()), from: source.from, pins: source.pins }
          : source,
    })
    return { environment, ...state }
  }),
)
