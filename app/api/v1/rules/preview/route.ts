// /api/v1/rules/preview: what a rule would match of the live graph.
import { findMatchingEdges } from '../../../../../storage/rule-use.ts'
import { PAGE_ITEMS_MAX } from '../../../../contract/paging.ts'
import { PREVIEW_RULE } from '../../../../contract/routes/comparisons.ts'
import { methods, serve } from '../../../../contract/serve.ts'
import { database } from '../../../../database.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(PREVIEW_RULE, async ({ body: { environment, rule } }) => {
    const edges = await findMatchingEdges(database(), environment, rule)
    const hits = edges.reduce((sum, { calls }) => sum + calls, 0)
    return { total: edges.length, hits, edges: edges.slice(0, PAGE_ITEMS_MAX) }
  }),
)
