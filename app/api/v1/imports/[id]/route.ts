// /api/v1/imports/ID: the next piece of the file, at most PIECE_BYTES of raw bytes. Small pieces pass every
// proxy and timeout, and nothing larger is ever in memory; the last one starts the replay.
import { PIECE_BYTES } from '../../../../../components/import/import-view.ts'
import { readBytes } from '../../../../contract/read-input.ts'
import { SEND_PIECE } from '../../../../contract/routes/intake.ts'
import { methods, serve } from '../../../../contract/serve.ts'
import { receivePiece } from '../../../../imports/import-session.ts'
import { problem } from '../../../../problem.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(SEND_PIECE, async ({ params, query, request }) => {
    const bytes = await readBytes(request, PIECE_BYTES)
    if (bytes === null) return problem(413, `A piece has at most ${PIECE_BYTES} bytes.`)
    const taken = await receivePiece({ id: params.id, at: query.at, bytes })
    return taken.ok ? { import: taken.view } : problem(taken.status, taken.problem)
  }),
)
