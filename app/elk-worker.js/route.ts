// The layout worker's script, from the package and on our own origin, so that the content security
// policy needs no blob: for workers. The same for everybody, and it holds no data.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { findCaller } from '../caller.ts'

const FILE = path.join(process.cwd(), 'node_modules/elkjs/lib/elk-worker.min.js')

export async function GET(request: Request): Promise<Response> {
  const found = await findCaller(request)
  if (!found.ok) return found.response
  return new Response(await readFile(FILE, 'utf8'), {
    headers: {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'private, max-age=86400',
    },
  })
}
