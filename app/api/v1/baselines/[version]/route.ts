// /api/v1/baselines/VERSION: one version with all it holds; a draft is replaced, edited, withdrawn.
import { printBaselineFile } from '../../../../../core/baseline/file/print.ts'
import { changeDraft, withdrawDraft } from '../../../../../storage/baseline-drafts.ts'
import { actorOf } from '../../../../caller.ts'
import {
  EDIT_DRAFT,
  READ_BASELINE,
  REPLACE_DRAFT,
  WITHDRAW_BASELINE,
} from '../../../../contract/routes/baselines.ts'
import { methods, serve } from '../../../../contract/serve.ts'
import { database } from '../../../../database.ts'
import { keptAnswer } from '../../../../json-answer.ts'
import { problem } from '../../../../problem.ts'
import { readVersionContent, toVersionView } from '../../../../read-baselines.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(READ_BASELINE, async ({ params, query: { environment, format }, request }) => {
    const found = await readVersionContent(database(), { ...params, environment })
    if (found === null) return params.version === 'active' ? problem(404, NONE_ACTIVE) : null
    const { version, content } = found
    if (format === 'json') return { ...toVersionView(version), content }
    return keptAnswer(request, {
      ...{ body: printBaselineFile(content), type: 'application/yaml; charset=utf-8' },
      revision: version.revision,
      // Of 'active', which one it was.
      headers: { 'strayline-baseline-version': String(version.version) },
    })
  }),
  serve(REPLACE_DRAFT, async ({ params, query, body, revision, caller }) => {
    const { environment } = query
    const act = { ...params, environment, expectedRevision: revision, actor: actorOf(caller) }
    return { environment, ...(await changeDraft(database(), { ...act, ...body })) }
  }),
  serve(EDIT_DRAFT, async ({ params, query, body, revision, caller }) => {
    const { environment } = query
    const act = { ...params, environment, expectedRevision: revision, actor: actorOf(caller) }
    return { environment, ...(await changeDraft(database(), { ...act, ...body })) }
  }),
  serve(WITHDRAW_BASELINE, async ({ params, query, revision, caller }) => {
    const act = { ...params, ...query, expectedRevision: revision, actor: actorOf(caller) }
    await withdrawDraft(database(), act)
    return undefined
  }),
)

const NONE_ACTIVE = 'No version of the baseline is active in this environment: approve one first.'
