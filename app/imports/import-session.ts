// The import of a capture file, one at a time: its pieces come in order and go to a file of their own; when
// the last is there, `strayline replay` sends it to the collector as if it happened now, into an environment
// that no real traces have. The file is deleted at the end, whatever the end is.
import 'server-only'
import { randomUUID } from 'node:crypto'
import type { ImportView } from '../../components/import/import-view.ts'
import { mayBeCapture } from '../../core/span/import/packing.ts'
import {
  claimEnvironment,
  deleteEnvironment,
  listRemoved,
  readEnvironments,
} from '../../storage/environments.ts'
import { errorCode } from '../../storage/failure.ts'
import { collectorAddress, ingestToken } from '../collector-address.ts'
import type { CommandState } from '../commands/command-state.ts'
import { readCommands, startCommand, stopCommand } from '../commands/run-command.ts'
import { database } from '../database.ts'
import { explainRefusal } from '../refusal.ts'
import { oncePerProcess, webProcess } from '../web-process.ts'
import { createCapture, type StoredCapture, sweepCaptures } from './capture-store.ts'

/** After this time without a piece the sender is taken for gone. */
const PIECE_WITHIN_MS = 60_000
const TAKEN =
  'There is an environment of this name already, and an import never goes into one of real traces: ' +
  'choose another name.'
const FORGETTING =
  'An environment of this name was removed a moment ago, and the collector is still forgetting it: ' +
  'choose another name.'
const FOREIGN_KEY_VIOLATION = '23503'
const NOT_BEGUN = 'The server could not begin: try again in a moment.'
const NOT_TOLD = 'This web process was not told where the collector listens.'

type Session = {
  view: ImportView
  readonly capture: StoredCapture
  isWriting: boolean
  /** Set when the last piece is there. */
  commandId: string | null
  timeout: NodeJS.Timeout | undefined
}
type Holder = { session: Session | null }

export type ImportStart = {
  readonly fileName: string
  readonly fileBytes: number
  readonly environment: string
  readonly startedBy: string
}
export type ImportAnswer =
  | { readonly ok: true; readonly view: ImportView }
  | {
      readonly ok: false
      readonly status: 400 | 404 | 409 | 413 | 415 | 507
      readonly problem: string
    }

/** The newest import, running or ended; null before the first. */
export function readImport(): ImportView | null {
  const { session } = holder()
  if (session === null) return null
  const command = readCommands().find((one) => one.id === session.commandId)
  return command && session.view.status === 'running'
    ? withCommand(session.view, command)
    : session.view
}

/** Makes room for a file; its pieces follow. */
export async function beginImport(start: ImportStart): Promise<ImportAnswer> {
  const { dataDir, importBytesMax } = webProcess().config
  const running = readImport()
  if (running && isOpen(running)) return busy(running)
  if (start.fileBytes > importBytesMax) return tooLarge(start.fileBytes, importBytesMax)
  if (collectorAddress() === null) return { ok: false, status: 409, problem: NOT_TOLD }
  const problem = await judgeEnvironment(start.environment)
  if (problem !== null) return { ok: false, status: 409, problem }
  const id = randomUUID()
  const view: ImportView = {
    ...{ id, ...start, status: 'receiving', receivedBytes: 0, startedMs: Date.now() },
    ...{ sentSpans: 0, totalSpans: null, note: '', problems: [], problemCount: 0, message: null },
  }
  const place = holder()
  const before = place.session
  const capture = await createCapture(dataDir, id)
  if (place.session !== before) {
    // Another one began while the file was made.
    await capture.remove()
    return busy(place.session?.view ?? view)
  }
  const session: Session = {
    ...{ view, capture, isWriting: false, commandId: null, timeout: undefined },
  }
  place.session = session
  expectPiece(session)
  return { ok: true, view }
}

/** Takes one piece; a piece that is there already is taken as said twice. */
export async function receivePiece(piece: {
  readonly id: string
  readonly at: number
  readonly bytes: Uint8Array
}): Promise<ImportAnswer> {
  const { session } = holder()
  if (session?.view.id !== piece.id || session.view.status !== 'receiving') return over()
  const { receivedBytes, fileBytes, fileName } = session.view
  if (piece.at + piece.bytes.length <= receivedBytes) return { ok: true, view: session.view }
  if (piece.at !== receivedBytes || piece.at + piece.bytes.length > fileBytes || session.isWriting)
    return { ok: false, status: 409, problem: 'The pieces of the file came out of order.' }
  if (piece.at === 0 && !mayBeCapture(piece.bytes)) {
    const message = `${fileName} is not a trace file: neither JSON nor OTLP protobuf, packed or not.`
    await end(session, { status: 'failed', message })
    return { ok: false, status: 415, problem: message }
  }
  const problem = await append(session, piece.bytes)
  if (problem !== null) {
    await end(session, { status: 'failed', message: problem })
    return { ok: false, status: 507, problem }
  }
  if (session.view.status !== 'receiving') return over()
  if (session.view.receivedBytes === fileBytes) return send(session)
  expectPiece(session)
  return { ok: true, view: session.view }
}

/** Ends the upload or the replay. False when nothing is going on. */
export async function cancelImport(): Promise<boolean> {
  const { session } = holder()
  if (session === null || !isOpen(session.view)) return false
  if (session.view.status === 'running') return stopCommand('import')
  await end(session, { status: 'stopped', message: null })
  return true
}

function holder(): Holder {
  return oncePerProcess('import', () => {
    const { dataDir } = webProcess().config
    process.once('exit', () => sweepCaptures(dataDir))
    return { session: null }
  })
}

function isOpen({ status }: ImportView): boolean {
  return status === 'receiving' || status === 'running'
}

function over(): ImportAnswer {
  return { ok: false, status: 404, problem: 'This upload is over: begin again.' }
}

function busy({ startedBy, fileName }: ImportView): ImportAnswer {
  const problem = `${startedBy} is importing ${fileName} just now: wait for its end, or cancel it.`
  return { ok: false, status: 409, problem }
}

function tooLarge(fileBytes: number, bytesMax: number): ImportAnswer {
  const mib = (bytes: number) => `${Math.ceil(bytes / 1024 ** 2)} MiB`
  const limit = `The file has ${mib(fileBytes)} and the limit is ${mib(bytesMax)}`
  const way =
    'strayline replay sends it from a terminal, and STRAYLINE_IMPORT_BYTES_MAX moves the limit'
  return { ok: false, status: 413, problem: `${limit}: ${way}.` }
}

function expectPiece(session: Session): void {
  clearTimeout(session.timeout)
  session.timeout = setTimeout(() => {
    const { receivedBytes, fileBytes } = session.view
    const message = `The upload broke off after ${receivedBytes} of ${fileBytes} bytes.`
    end(session, { status: 'failed', message }).catch(console.error)
  }, PIECE_WITHIN_MS)
  session.timeout.unref()
}

/** Null, or why the piece could not be kept. */
async function append(session: Session, bytes: Uint8Array): Promise<string | null> {
  session.isWriting = true
  try {
    await session.capture.append(bytes)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    return code === 'ENOSPC'
      ? 'The disk of the server is full.'
      : `The server could not keep the file (${code}).`
  } finally {
    session.isWriting = false
  }
  const receivedBytes = session.view.receivedBytes + bytes.length
  session.view = { ...session.view, receivedBytes }
  return null
}

/** The file is whole. What fails ends the import, or no other could ever begin. */
async function send(session: Session): Promise<ImportAnswer> {
  clearTimeout(session.timeout)
  session.view = { ...session.view, status: 'running', note: 'starting' }
  try {
    return await replay(session)
  } catch (error) {
    await end(session, { status: 'failed', message: NOT_BEGUN })
    throw error
  }
}

/** Takes the environment's name and starts the replay. */
async function replay(session: Session): Promise<ImportAnswer> {
  await session.capture.close()
  const { environment, startedBy } = session.view
  const problem = (await judgeEnvironment(environment)) ?? (await claim(environment))
  if (problem !== null) {
    await end(session, { status: 'failed', message: problem })
    return { ok: false, status: 409, problem }
  }
  const token = ingestToken()
  const address = collectorAddress()
  const to = ['--to', address?.httpUrl ?? '', '--environment', environment]
  const state = startCommand({
    kind: 'import',
    args: ['replay', session.capture.path, ...to, '--wait', '--progress', 'json'],
    variables: token === null ? {} : { STRAYLINE_INGEST_TOKEN: token },
    startedBy,
    about: { environment },
    onEnd: (ended) => void finish(session, ended).catch(console.error),
  })
  if (state === null) throw new Error('an import runs beside the one session')
  session.commandId = state.id
  return { ok: true, view: readImport() ?? session.view }
}

/** Null, or why the traces may not go there. */
async function judgeEnvironment(environment: string): Promise<string | null> {
  const [known, removed] = await Promise.all([
    readEnvironments(database()),
    listRemoved(database()),
  ])
  if (removed.includes(environment)) return FORGETTING
  const isTaken = known.some(({ name, origin }) => name === environment && origin !== 'import')
  return isTaken ? TAKEN : null
}

async function claim(environment: string): Promise<string | null> {
  try {
    await claimEnvironment(database(), { name: environment, origin: 'import' })
    return null
  } catch (error) {
    return explainRefusal(error)
  }
}

/** Nothing was sent: a name that stands for nothing must not stay in every list. */
async function giveBack(environment: string): Promise<void> {
  try {
    await deleteEnvironment(database(), environment)
  } catch (error) {
    // An earlier import's nodes are there.
    if (errorCode(error) !== FOREIGN_KEY_VIOLATION) throw error
  }
}

async function finish(session: Session, command: CommandState): Promise<void> {
  session.view = withCommand(session.view, command)
  if (command.note === 'starting' || command.note === 'reading')
    await giveBack(session.view.environment).catch(console.error)
  const status = command.status === 'running' ? 'failed' : command.status
  await end(session, { status, message: command.message })
}

async function end(
  session: Session,
  outcome: Pick<ImportView, 'status' | 'message'>,
): Promise<void> {
  clearTimeout(session.timeout)
  session.view = { ...session.view, ...outcome }
  await session.capture.remove()
}

function withCommand(view: ImportView, command: CommandState): ImportView {
  const { sent, total, note, problems, problemCount } = command
  return { ...view, sentSpans: sent, totalSpans: total, note, problems, problemCount }
}
