// Any cut of a delta into parts sums up to the whole again.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFold, finishFold, foldBatch, takeDelta } from '../../../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS } from '../../../core/fold/options.ts'
import { listParts, selectParts } from '../../../core/graph/split-delta.ts'
import { addToLedger, createLedger, readLedger } from '../../support/simulation/ledger.ts'
import { arbitrarySpans, batchOf } from '../../support/spans.ts'

test('two halves of a delta, chosen at random, sum up to the delta', () => {
  fc.assert(
    fc.property(arbitrarySpans(), fc.infiniteStream(fc.boolean()), (spans, choices) => {
      const fold = createFold(DEFAULT_FOLD_OPTIONS)
      foldBatch(fold, batchOf(spans), 1_760_000_060_000)
      finishFold(fold)
      const delta = takeDelta(fold)
      if (!delta) return
      const isFirst = new Map(listParts(delta).map((part) => [part, choices.next().value]))
      const parts = [...isFirst.keys()]
      const whole = createLedger()
      addToLedger(whole, delta)
      const sum = createLedger()
      for (const wanted of [true, false])
        addToLedger(
          sum,
          selectParts(
            delta,
            parts.filter((part) => isFirst.get(part) === wanted),
          ),
        )
      expect(readLedger(sum)).toEqual(readLedger(whole))
    }),
  )
})
