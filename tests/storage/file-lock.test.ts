// One holder at a time, and no lock survives its owner.
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { withFileLock } from '../../storage/file-lock.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'strayline-lock-'))
const file = path.join(folder, 'a.lock')
afterAll(() => rmSync(folder, { recursive: true }))

test('one works at a time, and the file goes with the last', async () => {
  let inside = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++inside)
    await sleep(5)
    inside--
  }
  await Promise.all(Array.from({ length: 5 }, () => withFileLock(file, work)))
  expect(most).toBe(1)
  expect(existsSync(file)).toBe(false)
})

test('work that throws lets go', async () => {
  const failing = withFileLock(file, () => Promise.reject(new Error('no')))
  await expect(failing).rejects.toThrow('no')
  expect(existsSync(file)).toBe(false)
})

test('the file of a dead owner, or an old one without owner, is taken over', async () => {
  writeFileSync(file, '999999999')
  expect(await withFileLock(file, async () => 'mine')).toBe('mine')
  writeFileSync(file, '')
  utimesSync(file, 0, 0)
  expect(await withFileLock(file, async () => 'mine')).toBe('mine')
})
