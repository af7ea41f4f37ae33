// The journal on a real disk: durable before the answer, whole or cut, once however often, never lost.
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test, vi } from 'vitest'
import {
  appendRequest,
  appendTick,
  closeJournal,
  type Journal,
  journalBytes,
  trimJournal,
} from '../../collector/journal/journal.ts'
import { type JournalOptions, openJournal } from '../../collector/journal/open.ts'
import type { PlacedRecord } from '../../collector/journal/segments.ts'
import { planTicks, startTicks } from '../../collector/journal/ticks.ts'
import { openFileSource } from '../../collector/source.ts'

const root = mkdtempSync(path.join(tmpdir(), 'strayline-journal-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let folders = 0
const newFolder = () => path.join(root, String(folders++))

function openIn(folder: string, options: Partial<JournalOptions> = {}): Promise<Journal> {
  return openJournal({
    folder,
    bytesMax: 1e9,
    lateWindowMs: 60_000,
    committed: null,
    onDurable: () => {},
    ...options,
  })
}

const digestOf = (name: string) => createHash('sha256').update(name).digest()
const requestOf = (name: string, bytes = 100) => ({
  digest: digestOf(name),
  rejected: name.length,
  payload: new Uint8Array(bytes).fill(name.charCodeAt(0)),
})

async function readAll(folder: string, journal: Journal, from = 0): Promise<PlacedRecord[]> {
  const source = openFileSource(folder, journal.durableOffset)
  const found: PlacedRecord[] = []
  let offset = from
  for (;;) {
    const { records, nextOffset } = await source.recordsAfter(offset, 0)
    found.push(...records)
    if (nextOffset === offset) break
    offset = nextOffset
  }
  source.close()
  return found
}

test('appends made together share an fsync, resolve in order, and are durable when they resolve', async () => {
  const folder = newFolder()
  const journal = await openIn(folder)
  const order: string[] = []
  const names = Array.from({ length: 100 }, (_, index) => `request ${index}`)
  const appends = names.map(async (name) => {
    await appendRequest(journal, requestOf(name))
    order.push(name)
    // Read by another descriptor: what is acknowledged is in the file.
    expect(statSync(segmentOf(folder)).size).toBeGreaterThanOrEqual(journal.durableOffset)
  })
  expect(order).toEqual([])
  await Promise.all(appends)
  expect(order).toEqual(names)
  expect(journal.counters.appended).toBe(100)
  expect(journal.counters.syncs).toBeLessThan(10)
  const records = await readAll(folder, journal)
  expect(records.map(({ record }) => record.type === 'batch' && record.rejected)).toEqual(
    names.map((name) => name.length),
  )
  await closeJournal(journal)
})

test('a repeated request gets its first answer and is not appended again, also after a restart', async () => {
  const folder = newFolder()
  let journal = await openIn(folder)
  const first = requestOf('same')
  const [one, two] = await Promise.all([
    appendRequest(journal, first),
    appendRequest(journal, { ...first, rejected: 99 }),
  ])
  expect([one, two]).toEqual([{ rejected: 4 }, { rejected: 4 }])
  await closeJournal(journal)
  journal = await openIn(folder)
  expect(await appendRequest(journal, { ...first, rejected: 99 })).toEqual({ rejected: 4 })
  expect(journal.counters).toMatchObject({ appended: 0, repeated: 1 })
  expect(await readAll(folder, journal)).toHaveLength(1)
  await closeJournal(journal)
})

test('a tail that was cut anywhere leaves the whole records before the cut', async () => {
  const folder = newFolder()
  const journal = await openIn(folder)
  for (const name of ['a', 'b', 'c', 'd']) await appendRequest(journal, requestOf(name))
  await appendTick(journal)
  const ends = (await readAll(folder, journal)).map(({ endOffset }) => endOffset)
  await closeJournal(journal)
  const bytes = readFileSync(segmentOf(folder))
  const headerBytes = bytes.length - (ends.at(-1) ?? 0)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: headerBytes, max: bytes.length }), async (cut) => {
      writeFileSync(segmentOf(folder), bytes.subarray(0, cut))
      const reopened = await openIn(folder)
      const whole = ends.filter((end) => end <= cut - headerBytes)
      expect((await readAll(folder, reopened)).map(({ endOffset }) => endOffset)).toEqual(whole)
      expect(reopened.opened.cutBytes).toBe(cut - headerBytes - (whole.at(-1) ?? 0))
      // What comes next follows the last whole record and is read back.
      await appendRequest(reopened, requestOf('next'))
      expect(await readAll(folder, reopened)).toHaveLength(whole.length + 1)
      await closeJournal(reopened)
    }),
    { numRuns: 60 },
  )
})

test('a flipped bit is never read as a record', async () => {
  const folder = newFolder()
  const journal = await openIn(folder)
  for (const name of ['a', 'b', 'c']) await appendRequest(journal, requestOf(name))
  const ends = (await readAll(folder, journal)).map(({ endOffset }) => endOffset)
  await closeJournal(journal)
  const bytes = readFileSync(segmentOf(folder))
  const headerBytes = bytes.length - (ends.at(-1) ?? 0)
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: headerBytes, max: bytes.length - 1 }),
      fc.integer({ min: 0, max: 7 }),
      async (at, bit) => {
        const flipped = Buffer.from(bytes)
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit)
        writeFileSync(segmentOf(folder), flipped)
        const reopened = await openIn(folder)
        const good = ends.filter((end) => end <= at - headerBytes)
        expect((await readAll(folder, reopened)).map(({ endOffset }) => endOffset)).toEqual(good)
        await closeJournal(reopened)
      },
    ),
    { numRuns: 60 },
  )
})

test('after damage new records come after everything the database has committed', async () => {
  const folder = newFolder()
  const journal = await openIn(folder)
  for (const name of ['a', 'b', 'c']) await appendRequest(journal, requestOf(name))
  const committedOffset = journal.durableOffset
  await closeJournal(journal)
  writeFileSync(segmentOf(folder), readFileSync(segmentOf(folder)).subarray(0, -1))
  const committed = { journalId: journal.id, offset: BigInt(committedOffset) }
  const reopened = await openIn(folder, { committed })
  expect(reopened.id).toBe(journal.id)
  expect(reopened.durableOffset).toBe(committedOffset)
  expect(reopened.opened.gapBytes).toBeGreaterThan(0)
  await appendRequest(reopened, requestOf('next'))
  const [next, ...others] = await readAll(folder, reopened, committedOffset)
  expect(next?.startOffset).toBe(committedOffset)
  expect(others).toEqual([])
  await closeJournal(reopened)
})

test('a full journal refuses, and takes requests again once old segments are gone', async () => {
  const folder = newFolder()
  const journal = await openIn(folder, { bytesMax: 20_000 })
  let appended = 0
  const fill = async () => {
    for (;;) await appendRequest(journal, requestOf(`request ${appended++}`, 1000))
  }
  await expect(fill()).rejects.toMatchObject({ code: 'JOURNAL_FULL', retryable: true })
  expect(journalBytes(journal)).toBeLessThanOrEqual(20_000)
  expect(journal.counters.full).toBe(1)
  const before = await readAll(folder, journal)
  expect(before).toHaveLength(appended - 1)
  await trimJournal(journal, journal.durableOffset)
  expect(readdirSync(folder).filter((name) => name.endsWith('.segment'))).toHaveLength(1)
  await appendRequest(journal, requestOf('again', 1000))
  expect((await readAll(folder, journal, before.at(-1)?.endOffset)).length).toBe(1)
  await closeJournal(journal)
})

test('a disk that runs full takes back the failed append and loses nothing', async () => {
  const folder = newFolder()
  const disk = { bytesLeft: Number.POSITIVE_INFINITY }
  const journal = await openIn(folder, { openFile: openOn(disk) })
  await appendRequest(journal, requestOf('kept'))
  const durable = journal.durableOffset
  disk.bytesLeft = 50
  const failed = appendRequest(journal, requestOf('failed'))
  await expect(failed).rejects.toMatchObject({ code: 'JOURNAL_DISK', cause: { code: 'ENOSPC' } })
  expect(journal.durableOffset).toBe(durable)
  disk.bytesLeft = Number.POSITIVE_INFINITY
  // The retry is a new request, not a repeated one: nothing of the first is left.
  expect(await appendRequest(journal, requestOf('failed'))).toEqual({ rejected: 6 })
  const names = (await readAll(folder, journal)).map(
    ({ record }) => record.type === 'batch' && String.fromCharCode(record.payload[0] ?? 0),
  )
  expect(names).toEqual(['k', 'f'])
  await closeJournal(journal)
})

test('records go on over segments, and arrival time never goes back', async () => {
  const folder = newFolder()
  const journal = await openIn(folder, { bytesMax: 80_000 })
  for (let index = 0; index < 50; index++) {
    await appendRequest(journal, requestOf(`request ${index}`, 1000))
    await appendTick(journal)
  }
  expect(journal.segments.length).toBeGreaterThan(3)
  const records = await readAll(folder, journal)
  expect(records).toHaveLength(100)
  const times = records.map(({ record }) => record.arrivalMs)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  await closeJournal(journal)
})

/** The only segment of a folder. */
function segmentOf(folder: string): string {
  const [name = ''] = readdirSync(folder).filter((each) => each.endsWith('.segment'))
  return path.join(folder, name)
}

/** Opens real files on a disk that has so many bytes left: a write past them is short, the next one fails. */
function openOn(disk: { bytesLeft: number }): (path: string, flags: string) => Promise<FileHandle> {
  return async (filePath, flags) => {
    const file = await open(filePath, flags)
    const writev = file.writev.bind(file)
    const limited = async (buffers: readonly Uint8Array[], position?: number | null) => {
      const joined = Buffer.concat(buffers)
      if (disk.bytesLeft === 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
      const part = joined.subarray(0, Math.min(joined.length, disk.bytesLeft))
      disk.bytesLeft -= part.length
      return writev([part], position ?? undefined)
    }
    return Object.assign(file, { writev: limited })
  }
}

test('ticks go on while arrival time is ahead of a clock that was set back an hour', async () => {
  const folder = newFolder()
  const before = await openIn(folder)
  before.clock.arrivalMs += 3_600_000
  await appendRequest(before, requestOf('a'))
  await closeJournal(before)
  const journal = await openIn(folder)
  const stop = startTicks(journal, planTicks({ holdMs: 200, quietMs: 100, lateWindowMs: 10_000 }))
  await vi.waitFor(() => expect(journal.counters.ticks).toBeGreaterThanOrEqual(5), 5_000)
  stop()
  await closeJournal(journal)
  const arrivals = (await readAll(folder, journal)).map(({ record }) => record.arrivalMs)
  expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b))
  expect(arrivals.at(-1)! - arrivals[0]!).toBeLessThan(5_000)
})

test('a retry is known after its segment is gone and the journal was opened again', async () => {
  const folder = newFolder()
  const first = await openIn(folder, { bytesMax: 8000 })
  for (const name of ['one', 'three', 'seven']) await appendRequest(first, requestOf(name, 1000))
  expect(await trimJournal(first, first.durableOffset)).toBe(2)
  await closeJournal(first)
  const second = await openIn(folder, { bytesMax: 8000 })
  expect(await appendRequest(second, requestOf('three', 1000))).toEqual({ rejected: 5 })
  expect(second.durableOffset).toBe(first.durableOffset)
  expect(second.counters.repeated).toBe(1)
  await closeJournal(second)
})

test('damaged digests of deleted segments are counted, and the journal opens', async () => {
  const folder = newFolder()
  const first = await openIn(folder, { bytesMax: 8000 })
  for (const name of ['one', 'three', 'seven']) await appendRequest(first, requestOf(name, 1000))
  await trimJournal(first, first.durableOffset)
  await closeJournal(first)
  const digests = path.join(folder, 'digests')
  const bytes = readFileSync(digests)
  writeFileSync(digests, bytes.fill(0xff, 20, 21))
  const second = await openIn(folder, { bytesMax: 8000 })
  expect(second.opened.setAside).toBe(1)
  await closeJournal(second)
})
