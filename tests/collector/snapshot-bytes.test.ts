// A snapshot's value as pieces of bytes, and back: long arrays as they lie in memory, the rest as V8 writes it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { serialize } from 'node:v8'
import { expect, onTestFinished, test } from 'vitest'
import { crc32c } from '../../collector/journal/crc32c.ts'
import { readNewestSnapshot, writeSnapshot } from '../../collector/snapshot.ts'
import { deserializePieces, serializePieces } from '../../collector/snapshot-bytes.ts'
import { DEFAULT_FOLD_OPTIONS } from '../../core/fold/options.ts'

const LONG = 100_001

function makeState() {
  const words = Int32Array.from({ length: LONG }, (_, at) => at * 7919)
  return {
    words,
    part: words.subarray(11, LONG - 3),
    times: Float64Array.from({ length: LONG }, (_, at) => at / 3),
    marks: Uint8Array.from({ length: LONG }, (_, at) => at % 251),
    ids: BigUint64Array.from([1n, 2n ** 63n]),
    short: Float32Array.from([0.5, -1]),
    none: new Int32Array(0),
    names: new Map([['a', { set: new Set([1, 'two']) }]]),
  }
}

test('what is written in pieces is read as it was', () => {
  const state = makeState()
  const bytes = Buffer.concat(serializePieces(state))
  expect(deserializePieces(bytes)).toEqual(state)
})

test('long arrays are handed on as they lie in memory, not copied', () => {
  const { words } = makeState()
  const pieces = serializePieces({ words })
  expect(pieces.some((piece) => piece.buffer === words.buffer)).toBe(true)
})

test('a crc goes on where the one before ended', () => {
  const bytes = Buffer.from('what came before, and what came after it')
  expect(crc32c(bytes.subarray(13), crc32c(bytes.subarray(0, 13)))).toBe(crc32c(bytes))
})

test('a snapshot is read back, and so is one of the form before', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'strayline-snapshot-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const snapshot = {
    ...{ journalId: 'j', offset: 10, nowMs: 1, foldVersion: 1 },
    ...{ foldOptions: DEFAULT_FOLD_OPTIONS, state: makeState() },
  }
  const newest = () => readNewestSnapshot(folder, { journalId: 'j', offset: 100 })
  writeSnapshot(folder, snapshot)
  expect(newest()).toEqual({ snapshot, damaged: 0 })
  const former = { ...snapshot, offset: 20 }
  const body = serialize(former)
  const header = Buffer.alloc(12)
  header.writeUInt32LE(0x534c5453, 0)
  header.writeUInt8(1, 4)
  header.writeUInt32LE(crc32c(body), 8)
  writeFileSync(
    path.join(folder, `${(20).toString(16).padStart(16, '0')}-0000.snapshot`),
    Buffer.concat([header, body]),
  )
  expect(newest()).toEqual({ snapshot: former, damaged: 0 })
})
