// What is left out is remembered for its own journal only, and a damaged note never stops a start.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { countSetAside, isSetAside, openSetAside, strikeRecord } from '../../collector/set-aside.ts'

const root = mkdtempSync(path.join(tmpdir(), 'strayline-set-aside-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('a record struck twice is left out after a start, in its own journal only', () => {
  const folder = path.join(root, 'own')
  const first = openSetAside(folder, 'journal-1')
  strikeRecord(first, 100)
  strikeRecord(first, 100)
  strikeRecord(first, 200)
  const again = openSetAside(folder, 'journal-1')
  expect([isSetAside(again, 100), isSetAside(again, 200), countSetAside(again)]).toEqual([
    true,
    false,
    1,
  ])
  const other = openSetAside(folder, 'journal-2')
  expect([isSetAside(other, 100), countSetAside(other)]).toEqual([false, 0])
})

test.each(['{bad', '', 'null', '[[1]]', '{"journalId":"journal-1","strikes":7}'])(
  'strikes that read %j are kept for a person, and the start goes on without them',
  (text) => {
    const folder = mkdtempSync(path.join(root, 'damaged-'))
    writeFileSync(path.join(folder, 'strikes.json'), text)
    const setAside = openSetAside(folder, 'journal-1')
    expect(countSetAside(setAside)).toBe(0)
    expect(readdirSync(folder)).toEqual(['strikes.json.damaged'])
    strikeRecord(setAside, 1)
    strikeRecord(setAside, 1)
    expect(countSetAside(openSetAside(folder, 'journal-1'))).toBe(1)
  },
)
