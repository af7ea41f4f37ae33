// Captures of real systems that lie beside the project, against the graphs a reference derived.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { createFold, finishFold, foldBatch, takeDelta } from '../../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS } from '../../core/fold/options.ts'
import { readCapture } from '../../core/span/import/sniff.ts'
import { type ExpectedEdge, sumEdges } from '../support/cases.ts'

const FOLDER = path.join(import.meta.dirname, '../../../shared/traces')
const CAPTURES = [
  'train-ticket/normal-2023-01-29-08_50.otlp.jsonl.gz',
  'train-ticket/2023-01-29.otlp.jsonl.gz',
  'online-boutique/normal-2022-08-23-17_00.otlp.jsonl.gz',
  'online-boutique/fault-2022-08-23-12_03.otlp.jsonl.gz',
  'online-boutique/fault-2022-08-23-12_11.otlp.jsonl.gz',
  'online-boutique/fault-2022-08-23-12_19.otlp.jsonl.gz',
  'online-boutique/fault-2022-08-23-12_29.otlp.jsonl.gz',
  'otlp-examples/authenticate_error_otlp.json',
  'otlp-examples/trace.json',
]

test.skipIf(!existsSync(FOLDER)).each(CAPTURES)(
  '%s gives the edges beside it',
  (name) => {
    const file = readFileSync(path.join(FOLDER, name))
    const fold = createFold(DEFAULT_FOLD_OPTIONS)
    for (const request of readCapture(name.endsWith('.gz') ? gunzipSync(file) : file)) {
      if (!request.ok) throw new Error(`${request.place}: ${request.reason}`)
      foldBatch(fold, request.batch, 0)
    }
    finishFold(fold)
    const delta = takeDelta(fold)
    const edges = sumEdges(delta ? [delta] : []).map(({ protocol, ...edge }) => edge)
    expect(edges).toEqual(expectedEdges(name))
  },
  60_000,
)

function expectedEdges(capture: string): ExpectedEdge[] {
  const file = path.join(FOLDER, capture.replace(/(\.otlp\.jsonl\.gz|\.json)$/, '.edges.json'))
  return (JSON.parse(readFileSync(file, 'utf8')) as ExpectedEdge[]).map(
    ({ protocol, ...edge }) => edge,
  )
}
