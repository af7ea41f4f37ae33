// /api/v1/baselines/VERSION/entries: what a version holds, in pieces.

import { readContent } from '../../../../../../storage/baseline-content.ts'
import { cutPage } from '../../../../../contract/paging.ts'
import { LIST_ENTRIES } from '../../../../../contract/routes/baselines.ts'
import { methods, serve } from '../../../../../contract/serve.ts'
import { database } from '../../../../../database.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(LIST_ENTRIES, async ({ params, query }) => {
    const { environment, quarantined, limit, cursor = -1 } = query
    const content = await readContent(database(), environment, params.version)
    if (content === null) return null
    const wanted = content.entries
      .map((entry, place) => ({ entry, place }))
      .filter(({ entry, place }) => {
        const isWanted =
          quarantined === undefined || hasQuarantine(entry) === (quarantined === 'true')
        return place > cursor && isWanted
      })
    return cutPage(wanted, {
      ...{ route: LIST_ENTRIES.id, limit },
      keyOf: ({ place }) => place,
      toItem: ({ entry }) => entry,
    })
  }),
)

const hasQuarantine = (entry: { readonly quarantine: readonly string[] }) =>
  entry.quarantine.length > 0
