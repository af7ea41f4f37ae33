// `strayline backtest`: asks a server what something would have told over its history, and prints it. Exit codes: 0
// printed, 2 it cannot be said.
import { readFile } from 'node:fs/promises'
import { type BacktestAnswer, BacktestAnswerShape, sayBacktest } from './backtest-text.ts'
import { loadBaselineFile } from './baseline-source.ts'
import { askServer, failed, findApiUrl, type Loaded } from './server-answer.ts'
import { describeSystemError } from './system-error.ts'
import { complain } from './terminal.ts'

const EXIT_UNSURE = 2
/** Lists in it are bounded by the server. */
const ANSWER_CHARS_MAX = 32 * 1024 * 1024

export type BacktestFormat = 'text' | 'json'

type Asked = {
  readonly server: string
  readonly environment: string
  readonly tokenFile: string | null
  /** Until now. */
  readonly durationMs: number
  readonly format: BacktestFormat
}

export type AskedBaseline = Asked & {
  readonly baselineFile: string | null
  readonly version: number | null
  readonly editsFile: string | null
}

/** Gives the exit code. Throws nothing on input. */
export async function backtestBaseline(asked: AskedBaseline): Promise<number> {
  const { baselineFile, version, editsFile } = asked
  if (baselineFile !== null) {
    const loaded = await loadBaselineFile(baselineFile)
    if (!loaded.ok) return refuse(loaded.problems)
    const { content } = loaded.value
    return print(asked, { what: 'baseline', baseline: { from: 'content', content } })
  }
  const edits = editsFile === null ? ({ ok: true, value: [] } as const) : await readJson(editsFile)
  if (!edits.ok) return refuse(edits.problems)
  const from = version === null ? { from: 'active' } : { from: 'version', version }
  return print(asked, { what: 'baseline', baseline: { ...from, edits: edits.value } })
}

export async function backtestRoute(asked: Asked & { readonly file: string }): Promise<number> {
  const route = await readJson(asked.file)
  return route.ok ? print(asked, { what: 'route', route: route.value }) : refuse(route.problems)
}

export async function backtestSettings(
  asked: Asked & { readonly settings: { readonly [name: string]: string | number } },
): Promise<number> {
  return print(asked, { what: 'settings', settings: asked.settings })
}

async function readJson(file: string): Promise<Loaded<unknown>> {
  try {
    return { ok: true, value: JSON.parse(await readFile(file, 'utf8')) }
  } catch (error) {
    if (error instanceof SyntaxError) return failed(`${file}: this is not JSON: ${error.message}`)
    return failed(`${file}: ${describeSystemError(error)}`)
  }
}

async function print(
  asked: Asked,
  question: { readonly what: BacktestAnswer['what']; readonly [part: string]: unknown },
): Promise<number> {
  const { server, environment, tokenFile, durationMs, format } = asked
  const url = findApiUrl(server, `environments/${encodeURIComponent(environment)}/backtest`)
  if (url === null) return refuse([`${server} is no http(s) address`])
  const toMs = Date.now()
  const body = { ...question, window: { fromMs: toMs - durationMs, toMs } }
  const answer = await askServer(url, { tokenFile, body, charsMax: ANSWER_CHARS_MAX })
  if (!answer.ok) return refuse(answer.problems)
  const read = readAnswer(answer.value.text)
  if (read === null)
    return refuse([`${url.origin} answered something else; is it of this version?`])
  const text = format === 'json' ? `${answer.value.text.trimEnd()}\n` : sayBacktest(read)
  process.stdout.write(text)
  return 0
}

function readAnswer(text: string): BacktestAnswer | null {
  try {
    const parsed = BacktestAnswerShape.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function refuse(problems: readonly string[]): number {
  for (const problem of problems) complain(problem)
  return EXIT_UNSURE
}
