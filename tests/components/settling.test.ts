// What the map says about what is still on its way.
import { expect, test } from 'vitest'
import { type DemoState, findDemo, stepOf } from '../../components/demo/demo-state.ts'
import { type Settling, sayAge, saySettling, sayUnsettled } from '../../components/map/settling.ts'

const READ_MS = 1_760_000_000_000
const settling: Settling = {
  ...{ edges: 19, newestMs: READ_MS - 4_000, settledAfterMs: 8_000 },
}

test('while something may come it says for how long, then since when nothing came', () => {
  const at = (laterMs: number) => saySettling(settling, READ_MS + laterMs)
  expect(at(0)).toBe('19 edges so far, the last new one 4 s ago; settles in 4 s')
  expect(at(-3_900)).toBe('19 edges so far, the last new one just now; settles in 8 s')
  expect(at(3_999)).toBe('19 edges so far, the last new one 8 s ago; settles in 1 s')
  expect(at(4_000)).toBe('19 edges so far, nothing new for 8 s')
  expect(at(11_000_000)).toBe('19 edges so far, nothing new for 3 h')
  expect(saySettling(settling, null)).toBe('19 edges so far')
  expect(saySettling({ ...settling, edges: 0, newestMs: null }, READ_MS)).toBe('')
})

test('after a new edge it says for how long others may come, and then nothing', () => {
  expect(sayUnsettled(settling, READ_MS)).toBe('settles in 4 s')
  expect(sayUnsettled(settling, READ_MS - 60_000)).toBe('settles in 8 s')
  expect(sayUnsettled(settling, READ_MS + 4_000)).toBeNull()
  expect(sayUnsettled(settling, null)).toBeNull()
})

test('a clock that is behind says nothing of the future', () => {
  expect(saySettling(settling, READ_MS - 60_000)).toContain('the last new one just now')
  expect(sayAge(-5_000)).toBe('1 s')
})

test('the demo is where its command says it is', () => {
  const command = { kind: 'demo', status: 'running', note: 'so', message: null } as const
  const read = (phase: string) => findDemo([{ ...command, details: { phase, untilMs: 7 } }])
  const phases = ['history', 'learning', 'baseline', 'attack', 'settling', 'traffic', 'newer']
  expect(phases.map((phase) => stepOf(read(phase)))).toEqual([0, 0, 1, 2, 2, 3, 0])
  expect(read('learning')).toMatchObject({ status: 'running', note: 'so', untilMs: 7 })
  expect(findDemo([{ ...command, kind: 'import', details: {} }])).toBeNull()
  const ended = { ...(read('learning') as DemoState), status: 'done' } as const
  expect([stepOf(ended), stepOf(null)]).toEqual([3, 3])
})
