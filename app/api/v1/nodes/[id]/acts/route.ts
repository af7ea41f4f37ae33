// POST /api/v1/nodes/ID/acts {act: "forget" | "rename", environment, reason, namespace?, name?}: an admin has the
// worker do it. 202: it was asked for; the audit says when it was done. A name that another node has merges them.
import { z } from 'zod'
import { requestNodeAct } from '../../../../../../storage/node-act-request.ts'
import { Environment, parseBody, Reason, StoredId } from '../../../../../api-input.ts'
import { database } from '../../../../../database.ts'
import { answerSafely, problem } from '../../../../../problem.ts'
import { requireAdmin, requireRouteSession } from '../../../../../session.ts'

const NAME_CHARS_MAX = 512
const Name = z
  .string()
  .max(NAME_CHARS_MAX)
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must be text that can be stored')
const Act = z.discriminatedUnion('act', [
  z.object({ act: z.literal('forget'), environment: Environment, reason: Reason }),
  z.object({
    ...{ act: z.literal('rename'), environment: Environment, reason: Reason },
    ...{ namespace: Name.default(''), name: Name.min(1) },
  }),
])

type Context = { readonly params: Promise<{ readonly id: string }> }

export function POST(request: Request, { params }: Context): Promise<Response> {
  return answerSafely(async () => {
    const session = requireAdmin(await requireRouteSession(request))
    if (!session.ok) return session.response
    const id = StoredId.safeParse((await params).id)
    if (!id.success) return problem(404, 'There is no such node.')
    const input = await parseBody(request, Act)
    if (!input.ok) return input.response
    const act = { ...input.body, nodeId: id.data, actor: session.user.email }
    await requestNodeAct(database(), act)
    return Response.json({ requested: act.act }, { status: 202 })
  })
}
