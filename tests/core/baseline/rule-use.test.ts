// How much rules are used, by the live edges that they match.
import { expect, test } from 'vitest'
import { countRuleUse } from '../../../core/baseline/rule-use.ts'
import { ruleOf } from './contents.ts'
import { edge, NOW_MS, node, prepare } from './world.ts'

const [web, api, users] = [node('web'), node('api'), node('users', 'database')]

test('a rule is used by the calls of every edge it matches, expired or denying alike', () => {
  const { moment } = prepare({ tags: [[users, { dataClasses: ['pii'] }]] })
  const rules = [
    ruleOf('all', { effect: 'allow' }),
    ruleOf('pii', { target: { dataClass: 'pii' }, expiresAtMs: 0 }),
    ruleOf('none', { source: { name: 'nobody' } }),
  ]
  const live = [
    edge(web, api, { calls: 5, lastSeenMs: NOW_MS - 9 }),
    edge(api, users, { calls: 7, lastSeenMs: NOW_MS - 4 }),
    edge(web, users, { calls: 1, lastSeenMs: NOW_MS - 8 }),
  ]
  expect([...countRuleUse(rules, live, moment.tags)]).toEqual([
    ['all', { hits: 13, lastUseMs: NOW_MS - 4 }],
    ['pii', { hits: 8, lastUseMs: NOW_MS - 4 }],
    ['none', { hits: 0, lastUseMs: null }],
  ])
})
