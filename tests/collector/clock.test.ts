// Arrival time: forward only, whatever the machine's clock does.
import { expect, test } from 'vitest'
import { createArrivalClock, readArrivalMs } from '../../collector/journal/clock.ts'
import { crc32c } from '../../collector/journal/crc32c.ts'
import { isTickDue, planTicks } from '../../collector/journal/ticks.ts'

const at = (wallMs: number, monotonicMs: number) => ({ wallMs, monotonicMs })

test('a step back of the clock adds nothing, and time then runs slower until both agree', () => {
  const clock = createArrivalClock(0, at(1_000_000, 0))
  expect(readArrivalMs(clock, at(1_001_000, 1_000))).toBe(1_001_000)
  expect(readArrivalMs(clock, at(901_000, 2_000))).toBe(1_001_000)
  expect(readArrivalMs(clock, at(902_000, 3_000))).toBe(1_001_500)
  expect(readArrivalMs(clock, at(1_200_000, 301_000))).toBeGreaterThan(1_001_500)
  expect(clock.stepsBack).toBe(1)
})

test('a jump of more than a minute is passed on and counted', () => {
  const clock = createArrivalClock(0, at(1_000_000, 0))
  expect(readArrivalMs(clock, at(1_100_000, 1_000))).toBe(1_100_000)
  expect(readArrivalMs(clock, at(1_200_000, 101_000))).toBe(1_200_000)
  expect(clock.gaps).toBe(1)
})

test('a restart goes on from the last arrival, and a long downtime is a gap', () => {
  const ahead = createArrivalClock(2_000_000, at(1_990_000, 0))
  expect(readArrivalMs(ahead, at(1_990_000, 0))).toBe(2_000_000)
  expect(createArrivalClock(2_000_000, at(2_200_000, 0)).gaps).toBe(1)
  expect(createArrivalClock(2_000_000, at(2_010_000, 0)).gaps).toBe(0)
})

test('ticks come fast until the hold is over, slowly through the late window, and rarely ever after', () => {
  const plan = planTicks({ holdMs: 30_000, quietMs: 2_000, lateWindowMs: 600_000 })
  expect(plan.intervalMs).toBe(250)
  expect(isTickDue(plan, 1_000, 250)).toBe(true)
  expect(isTickDue(plan, 1_000, 100)).toBe(false)
  expect(isTickDue(plan, 60_000, 250)).toBe(false)
  expect(isTickDue(plan, 60_000, 5_000)).toBe(true)
  expect(isTickDue(plan, 700_000, 5_000)).toBe(false)
  expect(isTickDue(plan, 700_000, 60_000)).toBe(true)
  expect(planTicks({ holdMs: 100, quietMs: 50, lateWindowMs: 100 }).intervalMs).toBe(25)
})

// Source: RFC 3720, appendix B.4, and the check value of the CRC catalogue.
test('the checksum is CRC-32C at any length and alignment', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43)
  const ascending = Uint8Array.from({ length: 32 }, (_, index) => index)
  expect(crc32c(ascending)).toBe(0x46dd794e)
  for (let shift = 1; shift < 8; shift++) {
    const moved = new Uint8Array(40)
    moved.set(ascending, shift)
    expect(crc32c(moved.subarray(shift, shift + 32))).toBe(0x46dd794e)
  }
})
