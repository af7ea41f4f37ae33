// How many messages are read at once over gRPC. grpc-js gathers a whole message, and keeps it until the sender
// ends his side; a message may have 16 MiB. So a call waits for its turn before its first read, held back by
// HTTP/2's own flow control, and has it until that end. Without a turn in time it is told to come back; who
// does not finish in time loses the turn; whom the door does not admit never gets one.
import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptor,
  type StatusObject,
  status,
} from '@grpc/grpc-js'
import { describeFailure } from './grpc-status.ts'

export type ReadGateLimits = {
  /** Calls that read at once. */
  readonly readingMax: number
  /** Calls that wait for a turn. */
  readonly waitingMax: number
  readonly waitMs: number
  /** From the turn to the sender's end. */
  readonly readMs: number
}

export const DEFAULT_READ_GATE: ReadGateLimits = {
  readingMax: 16,
  waitingMax: 2_000,
  waitMs: 10_000,
  readMs: 30_000,
}

const RETRY_AFTER_MS = 1_000

export type Door = {
  /** Why a call is not even to be read; null when it is. */
  readonly refuse: (metadata: Metadata) => StatusObject | null
  /** Called for every call without a turn, or too slow in it. */
  readonly onRefused: () => void
}

type Gate = Door & {
  readonly limits: ReadGateLimits
  reading: number
  /** In order of arrival. */
  readonly waiting: Set<Turn>
}

type Turn = {
  state: 'waiting' | 'reading' | 'over'
  timer: NodeJS.Timeout | undefined
  readonly begin: () => void
  readonly refuse: (failure: StatusObject) => void
}

/** An interceptor for the calls that share these turns. */
export function gateReads(limits: ReadGateLimits, door: Door): ServerInterceptor {
  const gate: Gate = { ...door, limits, reading: 0, waiting: new Set() }
  return (_method, call) => new GatedCall(gate, call)
}

class GatedCall extends ServerInterceptingCall {
  readonly #gate: Gate
  #turn: Turn | null = null

  constructor(gate: Gate, ...[call]: ConstructorParameters<typeof ServerInterceptingCall>) {
    super(call)
    this.#gate = gate
  }

  override start(listener: Parameters<ServerInterceptingCall['start']>[0]): void {
    super.start({
      onReceiveMetadata: (metadata) => {
        const refusal = this.#gate.refuse(metadata)
        if (refusal) super.sendStatus(refusal)
        else listener.onReceiveMetadata(metadata)
      },
      onReceiveMessage: (message) => listener.onReceiveMessage(message),
      onReceiveHalfClose: () => {
        this.#leave()
        listener.onReceiveHalfClose()
      },
      onCancel: () => {
        this.#leave()
        listener.onCancel()
      },
    })
  }

  override startRead(): void {
    if (this.#turn) {
      super.startRead()
      return
    }
    this.#turn = {
      state: 'waiting',
      timer: undefined,
      begin: () => super.startRead(),
      refuse: (failure) => super.sendStatus(failure),
    }
    queueTurn(this.#gate, this.#turn)
  }

  override sendStatus(sent: Parameters<ServerInterceptingCall['sendStatus']>[0]): void {
    this.#leave()
    super.sendStatus(sent)
  }

  #leave(): void {
    if (this.#turn) endTurn(this.#gate, this.#turn)
  }
}

function queueTurn(gate: Gate, turn: Turn): void {
  const { limits, waiting } = gate
  if (gate.reading < limits.readingMax) beginTurn(gate, turn)
  else if (waiting.size >= limits.waitingMax) refuseTurn(gate, turn, describeBusy())
  else {
    waiting.add(turn)
    turn.timer = setTimeout(() => refuseTurn(gate, turn, describeBusy()), limits.waitMs)
  }
}

function beginTurn(gate: Gate, turn: Turn): void {
  gate.waiting.delete(turn)
  clearTimeout(turn.timer)
  turn.timer = setTimeout(() => refuseTurn(gate, turn, describeSlow()), gate.limits.readMs)
  turn.state = 'reading'
  gate.reading++
  turn.begin()
}

function refuseTurn(gate: Gate, turn: Turn, failure: StatusObject): void {
  endTurn(gate, turn)
  gate.onRefused()
  turn.refuse(failure)
}

/** May be called again. */
function endTurn(gate: Gate, turn: Turn): void {
  clearTimeout(turn.timer)
  gate.waiting.delete(turn)
  const wasReading = turn.state === 'reading'
  turn.state = 'over'
  if (!wasReading) return
  gate.reading--
  const [next] = gate.waiting
  if (next) beginTurn(gate, next)
}

function describeBusy(): StatusObject {
  return describeFailure(status.UNAVAILABLE, 'too many requests at once', RETRY_AFTER_MS)
}

function describeSlow(): StatusObject {
  return describeFailure(status.DEADLINE_EXCEEDED, 'the request took too long to arrive')
}
