// /api/v1/baselines/VERSION/rules: rules of a version, and how much each is used.
import { readRuleUse } from '../../../../../../storage/rule-use.ts'
import { LIST_RULES } from '../../../../../contract/routes/comparisons.ts'
import { methods, serve } from '../../../../../contract/serve.ts'
import { database } from '../../../../../database.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(LIST_RULES, async ({ params: { version }, query: { environment } }) => ({
    items: await readRuleUse(database(), environment, version),
  })),
)
