// PUT /api/v1/imports/ID?at=BYTE: the next piece of the file, at most PIECE_BYTES of raw bytes. Small pieces
// pass every proxy and timeout, and nothing larger is ever in memory; the last one starts the replay.
import { PIECE_BYTES } from '../../../../../components/import/import-view.ts'
import { ImportId, PieceQuery, parseQuery } from '../../../../api-input.ts'
import { receivePiece } from '../../../../imports/import-session.ts'
import { answerSafely, problem } from '../../../../problem.ts'
import { requireDecider, requireRouteSession } from '../../../../session.ts'

type Context = { readonly params: Promise<{ readonly id: string }> }

export function PUT(request: Request, { params }: Context): Promise<Response> {
  return answerSafely(async () => {
    const session = requireDecider(await requireRouteSession(request))
    if (!session.ok) return session.response
    const id = ImportId.safeParse((await params).id)
    if (!id.success) return problem(404, 'There is no such import.')
    const input = parseQuery(request, PieceQuery)
    if (!input.ok) return input.response
    if (Number(request.headers.get('content-length')) > PIECE_BYTES) return problem(413, TOO_LARGE)
    const bytes = new Uint8Array(await request.arrayBuffer())
    if (bytes.length > PIECE_BYTES) return problem(413, TOO_LARGE)
    const taken = await receivePiece({ id: id.data, at: input.query.at, bytes })
    if (!taken.ok) return problem(taken.status, taken.problem)
    return Response.json({ import: taken.view })
  })
}

const TOO_LARGE = `A piece has at most ${PIECE_BYTES} bytes.`
