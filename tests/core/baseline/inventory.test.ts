// Tags of nodes by identity: what several names of one node say is joined, and said in one form.
import { expect, test } from 'vitest'
import type { Tags } from '../../../core/baseline/content.ts'
import { inventoryOf, isClassified, isPublic, tagsOf } from '../../../core/baseline/inventory.ts'
import { tagsFrom } from '../../../core/graph/tags.ts'
import { node } from './world.ts'

const bank = node('bank.example', 'external')
const tagged = (said: Partial<Tags>) => ({ ...bank, ...tagsFrom([]), ...said })

test('nodes that became one have the classes of all, and of each tag what one of them says', () => {
  const nodes = [
    tagged({ dataClasses: ['pii'], owner: 'zoe' }),
    tagged({ dataClasses: ['payment', 'pii'], layer: 'edge' }),
    tagged({ owner: 'ann' }),
  ]
  for (const order of [nodes, nodes.toReversed()])
    expect(tagsOf(inventoryOf(order), bank)).toEqual({
      ...{ dataClasses: ['payment', 'pii'], owner: 'ann', exposure: '', layer: 'edge' },
    })
})

test('classes and exposure are read in any case', () => {
  const inventory = inventoryOf([tagged({ dataClasses: [' PII', 'pii'], exposure: 'PUBLIC' })])
  expect(tagsOf(inventory, bank).dataClasses).toEqual(['pii'])
  expect(isPublic(inventory, bank)).toBe(true)
})

test('a node of which nothing is said is neither classified nor public', () => {
  const inventory = inventoryOf([tagged({ owner: 'ann' })])
  for (const key of [bank, node('other')]) {
    expect(isClassified(inventory, key)).toBe(false)
    expect(isPublic(inventory, key)).toBe(false)
  }
})
