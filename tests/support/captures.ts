// The captures of real systems that lie beside the project, and the graphs a reference derived from them.
// Tests that read them skip, by name, where the folder is absent.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import { readCaptureFile } from '../../cli/capture-file.ts'
import type { SpanBatch } from '../../core/span/batch.ts'
import type { ExpectedEdge } from './cases.ts'

const FOLDER = path.join(import.meta.dirname, '../../../shared/traces')
/** 84 minutes, 321,068 spans: a test of its own through the collector. */
export const LARGE_CAPTURE = 'train-ticket/2023-01-29.otlp.jsonl.gz'
export const CAPTURES: readonly string[] = [
  'ascend/ascend.json',
  'hotel-reservation/hotel_load150.tar.gz',
  'hotel-reservation/hotel_load50.tar.gz',
  'nodejs-microservices/node_0.tar.gz',
  'nodejs-microservices/node_load50.tar.gz',
  'online-boutique/fault-2022-08-23-12_03.otlp.jsonl.gz',
  'online-boutique/fault-2022-08-23-12_11.otlp.jsonl.gz',
  'online-boutique/fault-2022-08-23-12_19.otlp.jsonl.gz',
  'online-boutique/fault-2022-08-23-12_29.otlp.jsonl.gz',
  'online-boutique/normal-2022-08-23-17_00.otlp.jsonl.gz',
  'otlp-examples/authenticate_error_jaeger.json',
  'otlp-examples/authenticate_error_otlp.json',
  'otlp-examples/genaiTestTrace.json',
  'otlp-examples/trace.json',
  'smartthings/smartthings-oauth-authorization.json',
  LARGE_CAPTURE,
  'train-ticket/normal-2023-01-29-08_50.otlp.jsonl.gz',
  'zipkin-messaging/messaging-kafka.json',
  'zipkin-messaging/messaging2.json',
  'zipkin-messaging/skew.json',
]
/** What the archives hold besides traces. */
const NO_CAPTURE = /\.(html|pickle)$/

export function hasCaptures(): boolean {
  return existsSync(FOLDER)
}

/** The file as it is. name: one of CAPTURES, or of another file beside them. */
export function readCaptureBytes(name: string): Uint8Array {
  return readFileSync(path.join(FOLDER, name))
}

/** Its requests in order, read as the graph command reads them, whatever form and packing it has. */
export function* readCaptureBatches(name: string): Generator<SpanBatch, void, void> {
  for (const request of readCaptureFile(readCaptureBytes(name))) {
    if (request.ok) yield request.batch
    else expect(request.place).toMatch(NO_CAPTURE)
  }
}

export function readExpectedEdges(name: string): ExpectedEdge[] {
  const file = name.replace(/(\.otlp\.jsonl\.gz|\.tar\.gz|\.json)$/, '.edges.json')
  return JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as ExpectedEdge[]
}

/** On source, target, calls and errors, as the captures' README says; the protocol is not compared. */
export function withoutProtocol(edges: readonly ExpectedEdge[]): ExpectedEdge[] {
  return edges.map(({ protocol, ...edge }) => edge)
}
