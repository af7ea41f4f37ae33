// Captures of real systems that lie beside the project, against the graphs a reference derived; read as
// the graph command reads them, whatever form and packing they have.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readCaptureFile } from '../../cli/capture-file.ts'
import { createFold, finishFold, foldBatch, takeDelta } from '../../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS } from '../../core/fold/options.ts'
import { type ExpectedEdge, sumEdges } from '../support/cases.ts'

const FOLDER = path.join(import.meta.dirname, '../../../shared/traces')
const CAPTURES = [
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
  'train-ticket/2023-01-29.otlp.jsonl.gz',
  'train-ticket/normal-2023-01-29-08_50.otlp.jsonl.gz',
  'zipkin-messaging/messaging-kafka.json',
  'zipkin-messaging/messaging2.json',
  'zipkin-messaging/skew.json',
]
/** What the archives hold besides traces. */
const NO_CAPTURE = /\.(html|pickle)$/

test.skipIf(!existsSync(FOLDER)).each(CAPTURES)(
  '%s gives the edges beside it',
  (name) => {
    expect(edgesOf(name)).toEqual(comparable(expectedEdges(name)))
  },
  60_000,
)

// The reference has no graph of this one; its four calls under one span are to one uninstrumented host.
test.skipIf(!existsSync(FOLDER))('async_jaeger.json gives its calls to a host', () => {
  expect(edgesOf('otlp-examples/async_jaeger.json')).toEqual([
    {
      source: { kind: 'service', name: 'hermes' },
      target: { kind: 'external', name: 'server-mock' },
      calls: 4,
      errors: 0,
    },
  ])
})

function edgesOf(capture: string): ExpectedEdge[] {
  const fold = createFold(DEFAULT_FOLD_OPTIONS)
  for (const request of readCaptureFile(readFileSync(path.join(FOLDER, capture)))) {
    if (request.ok) foldBatch(fold, request.batch, 0)
    else expect(request.place).toMatch(NO_CAPTURE)
  }
  finishFold(fold)
  const delta = takeDelta(fold)
  return comparable(sumEdges(delta ? [delta] : []))
}

function expectedEdges(capture: string): ExpectedEdge[] {
  const file = capture.replace(/(\.otlp\.jsonl\.gz|\.tar\.gz|\.json)$/, '.edges.json')
  return JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as ExpectedEdge[]
}

/** On source, target, calls and errors, as the captures' README says; the protocol is not compared. */
function comparable(edges: readonly ExpectedEdge[]): ExpectedEdge[] {
  return edges.map(({ protocol, ...edge }) => edge)
}
