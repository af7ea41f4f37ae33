// The two hash tables of a decode: right, and not to be made quadratic by chosen input.
import { expect, test } from 'vitest'
import {
  clearDraft,
  createSetDraft,
  createSetTable,
  internSet,
  setDraftValue,
} from '../../../core/span/attribute-sets.ts'
import { addBytes, createByteTable, findBytes } from '../../../core/span/otlp/byte-table.ts'
import { createWireReader } from '../../../core/span/otlp/wire.ts'

const FACTOR = 0x9e3779b1

function stepped(hash: number, word: number): number {
  const next = Math.imul(hash ^ word, FACTOR)
  return next ^ (next >>> 15)
}

/** Stretches of 8 bytes that all have one hash: the second word undoes what the first one did. */
function collidingBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(8 * count)
  const view = new DataView(bytes.buffer)
  const seed = Math.imul(1 ^ 8, FACTOR)
  for (let at = 0; at < count; at++) {
    view.setInt32(8 * at, at, true)
    view.setInt32(8 * at + 4, stepped(seed, at) ^ 0x1234567, true)
  }
  return bytes
}

test('stretches of bytes are found again by content and mode, in other bodies too', () => {
  const source = createWireReader(new TextEncoder().encode('abcdefabcdefabx'))
  const table = createByteTable()
  expect(findBytes(table, source, 1, 0, 6)).toBe(false)
  addBytes(table, source, { mode: 1, from: 0, to: 6 }, 7)
  expect(findBytes(table, source, 1, 6, 12)).toBe(true)
  expect(table.value).toBe(7)
  expect(findBytes(table, source, 2, 6, 12)).toBe(false)
  expect(findBytes(table, source, 1, 9, 15)).toBe(false)
  expect(findBytes(table, source, 1, 3, 3)).toBe(false)
  const other = createWireReader(new TextEncoder().encode('xabcdef'))
  expect(findBytes(table, other, 1, 1, 7)).toBe(true)
})

test('stretches made to collide are forgotten, not chained', () => {
  const count = 50_000
  const source = createWireReader(collidingBytes(count))
  const table = createByteTable()
  for (let at = 0; at < count; at++) {
    if (findBytes(table, source, 1, 8 * at, 8 * at + 8)) throw new Error('found what is not there')
    addBytes(table, source, { mode: 1, from: 8 * at, to: 8 * at + 8 }, at)
  }
  expect(table.count).toBe(16)
  expect(findBytes(table, source, 1, 0, 8)).toBe(true)
})

test('attribute sets made to collide are still found, each once', () => {
  const wanted: [number, number][] = []
  for (let first = 0; wanted.length < 3000; first++) {
    const rest = stepped(0, first << 7) ^ 1 ^ 0x7654321
    if ((rest & 127) === 0) wanted.push([first, rest >>> 7])
  }
  const table = createSetTable()
  const draft = createSetDraft(2)
  const intern = ([first, second]: readonly [number, number]): number => {
    clearDraft(draft)
    setDraftValue(draft, 1, second)
    setDraftValue(draft, 0, first)
    return internSet(table, draft)
  }
  const positions = wanted.map(intern)
  expect(positions).toEqual(wanted.map((_, index) => index))
  expect(wanted.map(intern)).toEqual(positions)
  expect(new Set(table.hashes.subarray(0, table.count)).size).toBe(1)
  const end = table.starts[table.count]!
  expect([...table.values.subarray(end - 2, end)]).toEqual(wanted.at(-1))
})
