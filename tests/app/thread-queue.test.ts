// What computes in a thread holds up nobody, comes to an end, and takes its turn.
import { expect, test } from 'vitest'
import { threadFailureOf } from '../../app/thread-failure.ts'
import { createThreadQueue } from '../../app/thread-queue.ts'

const NEVER_MS = 600_000
const of = (program: string) => new URL(`data:text/javascript,${encodeURIComponent(program)}`)
const HEAD = `import { parentPort, workerData } from 'node:worker_threads';`
/** Answers what it is asked; computes for ever when asked 'for ever'. */
const ECHO = of(`${HEAD} while (workerData === 'for ever'); parentPort.postMessage(workerData)`)

const failureOf = (answer: Promise<unknown>) => answer.then(() => 'an answer', threadFailureOf)

test('answers come in turn, one thread at a time', async () => {
  const run = createThreadQueue<string, string>({ file: ECHO, withinMs: NEVER_MS, heldMax: 3 })
  const order: string[] = []
  const ask = (asked: string) => run(asked).then((answer) => order.push(answer))
  await Promise.all([ask('a'), ask('b'), ask('c')])
  expect(order).toEqual(['a', 'b', 'c'])
})

test('a thread that computes for ever is ended, and the next one runs', async () => {
  const run = createThreadQueue<string, string>({ file: ECHO, withinMs: 5000, heldMax: 2 })
  const late = failureOf(run('for ever'))
  const next = run('next')
  expect(await failureOf(run('one more'))).toBe('THREAD_BUSY')
  expect(await late).toBe('THREAD_LATE')
  expect(await next).toBe('next')
})

test('who goes away ends what runs, and what waits is not begun', async () => {
  const run = createThreadQueue<string, string>({ file: ECHO, withinMs: NEVER_MS, heldMax: 3 })
  const leaving = new AbortController()
  const left = [run('for ever', leaving.signal), run('for ever', leaving.signal)].map(failureOf)
  const stayed = run('stayed')
  leaving.abort()
  expect(await Promise.all(left)).toEqual(['THREAD_LEFT', 'THREAD_LEFT'])
  expect(await stayed).toBe('stayed')
  expect(await run('again')).toBe('again')
})

test('a thread that fails or ends without an answer says so', async () => {
  const queueOf = (program: string) =>
    createThreadQueue<null, string>({ file: of(program), withinMs: NEVER_MS, heldMax: 1 })
  await expect(queueOf(`throw new Error('no luck')`)(null)).rejects.toThrow('no luck')
  await expect(queueOf('')(null)).rejects.toThrow('the thread ended without an answer')
})
