// Captures of real systems that lie beside the project, against the graphs a reference derived; read as
// the graph command reads them, whatever form and packing they have.
import { expect, test } from 'vitest'
import { createFold, finishFold, foldBatch, takeDelta } from '../../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS } from '../../core/fold/options.ts'
import {
  CAPTURES,
  hasCaptures,
  readCaptureBatches,
  readExpectedEdges,
  withoutProtocol,
} from '../support/captures.ts'
import { type ExpectedEdge, sumEdges } from '../support/cases.ts'

test.skipIf(!hasCaptures()).each(CAPTURES)(
  '%s gives the edges beside it',
  (name) => {
    expect(edgesOf(name)).toEqual(withoutProtocol(readExpectedEdges(name)))
  },
  60_000,
)

// The reference has no graph of this one; its four calls under one span are to one uninstrumented host.
test.skipIf(!hasCaptures())('async_jaeger.json gives its calls to a host', () => {
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
  for (const batch of readCaptureBatches(capture)) foldBatch(fold, batch, 0)
  finishFold(fold)
  const delta = takeDelta(fold)
  return withoutProtocol(sumEdges(delta ? [delta] : []))
}
