// /healthz (the process runs) and /readyz (it can do its work: database reachable, schema there). Answered
// before Next and without a session, so that a supervisor can ask; they tell nothing but yes or why not.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { openSql, type Sql } from '../storage/sql.ts'

const ANSWER_WITHIN_MS = 3000

export type Health = {
  /** Answers the two paths; false when the request is for something else. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => boolean
  readonly close: () => Promise<void>
}

/** Keeps one connection for the question; it is made when first asked. */
export function createHealth(databaseUrl: string): Health {
  const sql = openSql({
    url: databaseUrl,
    applicationName: 'strayline-web-ready',
    connectionsMax: 1,
  })
  return {
    answer: (request, response) => {
      const path = request.url?.split('?')[0]
      if (path === '/healthz') send(response, 200, { status: 'ok' })
      else if (path === '/readyz') void answerReady(sql, response)
      else return false
      return true
    },
    close: () => sql.end({ timeout: 1 }),
  }
}

async function answerReady(sql: Sql, response: ServerResponse): Promise<void> {
  const problem = await findProblem(sql)
  if (problem === null) send(response, 200, { status: 'ready', database: 'ok' })
  else send(response, 503, { status: 'unavailable', database: problem })
}

/** Null when the database answers and has our tables; else a sentence without any address in it. */
async function findProblem(sql: Sql): Promise<string | null> {
  const late = new Promise<string>((resolve) => {
    setTimeout(() => resolve('The database does not answer in time.'), ANSWER_WITHIN_MS).unref()
  })
  const asked = sql<{ found: boolean }[]>`select to_regclass('position') is not null as found`.then(
    (rows) =>
      rows[0]?.found ? null : 'The tables are missing: start with npm start, it makes them.',
    () => 'The database cannot be reached.',
  )
  return Promise.race([asked, late])
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(`${JSON.stringify(body)}\n`)
}
