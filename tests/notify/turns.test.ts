// Turns: one run at a time for one subject, and none of the calls in between is lost.
import { expect, test } from 'vitest'
import { createTurns } from '../../notify/turns.ts'

/** Work that waits until it is let go; runs: how often it began. */
function heldWork() {
  const runs: string[] = []
  const waiting: (() => void)[] = []
  const work = (subject: string) => {
    runs.push(subject)
    return new Promise<void>((resolve) => waiting.push(resolve))
  }
  return { runs, work, letGo: () => waiting.shift()?.() }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

test('calls while it runs are one more run, and return at once', async () => {
  const { runs, work, letGo } = heldWork()
  const turns = createTurns(work)
  const first = turns.take('a')
  await Promise.all([turns.take('a'), turns.take('a')])
  expect(runs).toEqual(['a'])
  letGo()
  await settle()
  expect(runs).toEqual(['a', 'a'])
  letGo()
  await first
  expect(runs).toEqual(['a', 'a'])
})

test('a call right when it ends is not lost', async () => {
  let left = 3
  const seen: number[] = []
  const turns = createTurns(async () => {
    seen.push(left)
  })
  while (left > 0) {
    const running = turns.take('a')
    left--
    await Promise.all([turns.take('a'), running])
  }
  expect(seen.at(-1)).toBe(0)
})

test('subjects do not wait for each other, and settled waits for all', async () => {
  const { runs, work, letGo } = heldWork()
  const turns = createTurns(work)
  const both = [turns.take('a'), turns.take('b')]
  expect(runs).toEqual(['a', 'b'])
  let isSettled = false
  const settled = turns.settled().then(() => {
    isSettled = true
  })
  letGo()
  await settle()
  expect(isSettled).toBe(false)
  letGo()
  await Promise.all([...both, settled])
})

test('work that fails tells the call that began it, and runs again when it is asked to', async () => {
  let isBroken = true
  const turns = createTurns(async () => {
    if (isBroken) throw new Error('broken')
  })
  await expect(turns.take('a')).rejects.toThrow('broken')
  isBroken = false
  await expect(turns.take('a')).resolves.toBeUndefined()
})
