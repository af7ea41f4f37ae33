// What judging costs, counted in looks at entries: few edges beside a large baseline stay
// few looks, whatever is drift and whatever is classified elsewhere.
import { expect, test } from 'vitest'
import type { BaselineEntry } from '../../../core/baseline/content.ts'
import type { ObservedEdge } from '../../../core/baseline/drift.ts'
import { judgeEdge, judgeGraph, needsPaths } from '../../../core/baseline/judge.ts'
import { entryOf, ruleOf } from './contents.ts'
import { edge, node, prepare } from './world.ts'

/** Counts every read of a property of what it wraps. */
function countReads() {
  let reads = 0
  const watch = <T extends object>(item: T): T =>
    new Proxy(item, {
      get(on, name, receiver) {
        reads++
        return Reflect.get(on, name, receiver)
      },
    })
  const during = (work: () => void) => {
    reads = 0
    work()
    return reads
  }
  return { watch, during }
}

const hub = node('hub')
const users = node('users', 'database')

/** Many callers of one hub, which the judged edges call too. */
function manyEntries(count: number): BaselineEntry[] {
  return Array.from({ length: count }, (_, at) => entryOf(node(`s${at}`, 'service', 'shop'), hub))
}

const touched: readonly ObservedEdge[] = [
  edge(node('s1', 'service', 'shop'), hub, { plainCalls: 1 }),
  edge(node('new', 'service', 'shop'), hub),
  edge(node('s1', 'service', 'shop'), users),
  edge(node('s2', 'service', 'shop'), node('s3', 'service', 'shop')),
]

test('a commit looks at the entries of its own edges only', () => {
  const reads = [100, 10_000].map((count) => {
    const { watch, during } = countReads()
    const rules = [ruleOf('a', { effect: 'allow', target: { name: 'nobody' } })]
    const { baseline, moment } = prepare({ entries: manyEntries(count).map(watch), rules })
    return during(() => {
      expect(needsPaths(touched, baseline, moment)).toBe(false)
      for (const each of touched) judgeEdge(each, baseline, { ...moment, paths: null })
    })
  })
  expect(reads[0]).toBeGreaterThan(0)
  expect(reads[1]).toBe(reads[0])
})

test('paths are not looked for while entries hold every edge, or nothing is classified', () => {
  const cases = [
    { tags: [], live: touched },
    { tags: [[users, { dataClasses: ['pii'] }] as const], live: touched.slice(0, 1) },
  ]
  for (const { tags, live } of cases) {
    const reads = [100, 10_000].map((count) => {
      const { watch, during } = countReads()
      const { baseline, moment } = prepare({ entries: manyEntries(count).map(watch), tags })
      return during(() => judgeGraph({ edges: live, nodes: [] }, baseline, moment))
    })
    expect(reads[1]).toBe(reads[0])
  }
})
