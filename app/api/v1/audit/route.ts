// /api/v1/audit: who did what, the newest first.
import { listAudit } from '../../../../storage/audit.ts'
import { cutPage } from '../../../contract/paging.ts'
import { LIST_AUDIT } from '../../../contract/routes/audit.ts'
import { methods, serve } from '../../../contract/serve.ts'
import { database } from '../../../database.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(LIST_AUDIT, async ({ query: { limit, cursor, ...filter } }) => {
    const after = cursor === undefined ? {} : { after: cursor }
    const records = await listAudit(database(), { ...filter, ...after, limit: limit + 1 })
    return cutPage(records, {
      ...{ route: LIST_AUDIT.id, limit },
      keyOf: ({ seq }) => String(seq),
      toItem: ({ seq, ...record }) => ({ seq: String(seq), ...record }),
    })
  }),
)
