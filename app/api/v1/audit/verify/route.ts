// /api/v1/audit/verify: whether the chain of hashes holds from the first record to the last.
import { findBrokenAudit } from '../../../../../storage/audit.ts'
import { VERIFY_AUDIT } from '../../../../contract/routes/audit.ts'
import { methods, serve } from '../../../../contract/serve.ts'
import { database } from '../../../../database.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(VERIFY_AUDIT, async () => {
    const broken = await findBrokenAudit(database())
    return { isIntact: broken === null, brokenSeq: broken === null ? null : String(broken) }
  }),
)
