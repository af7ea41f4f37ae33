// The two receivers over a real journal on real sockets, without fold and database.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { closeJournal, type Journal } from '../../collector/journal/journal.ts'
import { openJournal } from '../../collector/journal/open.ts'
import { closeReceivers, listenGrpc, listenHttp } from '../../collector/listen.ts'
import type { Intake } from '../../collector/receive/accept.ts'
import { createGrpcReceiver } from '../../collector/receive/grpc.ts'
import type { ReadGateLimits } from '../../collector/receive/grpc-gate.ts'
import { createHttpReceiver, type HttpTimeouts } from '../../collector/receive/http.ts'
import { openFileSource } from '../../collector/source.ts'
import { DEFAULT_DECODE_LIMITS, type SpanBatch } from '../../core/span/batch.ts'
import { createProtobufDecoder } from '../../core/span/otlp/protobuf.ts'
import { decodeBatch } from '../../core/span/record.ts'

export type TestReceivers = {
  readonly httpUrl: string
  readonly httpPort: number
  readonly grpcPort: number
  readonly intake: Intake
  readonly journal: Journal
  /** What was journaled, in order. */
  readonly batches: () => Promise<SpanBatch[]>
  readonly stop: () => Promise<void>
}

export type ReceiverOptions = {
  readonly token?: string
  readonly bodyBytesMax?: number
  readonly bodiesBytesMax?: number
  readonly journalBytesMax?: number
  readonly timeouts?: HttpTimeouts
  readonly readGate?: ReadGateLimits
}

export async function startReceivers(options: ReceiverOptions = {}): Promise<TestReceivers> {
  const folder = mkdtempSync(path.join(tmpdir(), 'strayline-receivers-'))
  const journal = await openJournal({
    folder,
    bytesMax: options.journalBytesMax ?? 1e9,
    lateWindowMs: 60_000,
    committed: null,
    onDurable: () => {},
  })
  const bodyBytesMax = options.bodyBytesMax ?? 1024 ** 2
  const bodiesBytesMax = options.bodiesBytesMax ?? 8 * bodyBytesMax
  const intake: Intake = {
    journal,
    token: options.token ?? null,
    decodeLimits: DEFAULT_DECODE_LIMITS,
    decodeProtobuf: createProtobufDecoder(DEFAULT_DECODE_LIMITS),
    bodyLimits: { bodyBytesMax, bodiesBytesMax },
    budget: { bytesMax: bodiesBytesMax, bytes: 0 },
    counters: { rejectedSpans: 0, cutLinks: 0, requests: new Map(), limits: new Map() },
  }
  const probes = {
    readReadiness: () => ({ isReady: true, checks: {} }),
    readMetrics: () => '# none\n',
  }
  const http = createHttpReceiver(intake, probes, options.timeouts)
  const grpc = createGrpcReceiver(intake, options.readGate)
  const httpPort = await listenHttp(http, { host: '127.0.0.1', port: 0, variable: 'HTTP' })
  const grpcPort = await listenGrpc(grpc, { host: '127.0.0.1', port: 0, variable: 'GRPC' })
  return {
    httpUrl: `http://127.0.0.1:${httpPort}`,
    httpPort,
    grpcPort,
    intake,
    journal,
    batches: () => readBatches(folder, journal),
    stop: async () => {
      await closeReceivers(http, grpc, 500)
      await closeJournal(journal)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function readBatches(folder: string, journal: Journal): Promise<SpanBatch[]> {
  const source = openFileSource(folder, journal.durableOffset)
  const batches: SpanBatch[] = []
  for (let offset = 0; ; ) {
    const { records, nextOffset } = await source.recordsAfter(offset, 0)
    for (const { record } of records)
      if (record.type === 'batch') batches.push(decodeBatch(record.payload))
    if (nextOffset === offset) break
    offset = nextOffset
  }
  source.close()
  return batches
}
