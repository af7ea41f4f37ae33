// The budget of alerts in the head of their page: what it says by its words, not by colour alone.
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { AlertBudget } from '../../components/alerts/alert-budget.tsx'

const textOf = (counts: readonly number[]) => {
  const days = counts.map((alerts, i) => ({ day: `2026-01-1${i}`, alerts }))
  const budget = { environment: 'prod', zone: 'Europe/Berlin', target: 10, days }
  return renderToStaticMarkup(createElement(AlertBudget, { budget })).replace(/<[^>]+>/g, '')
}

test('today is the last day', () => {
  expect(textOf([50, 1])).toMatch(/^prod: 1 alert today, target 10/)
  expect(textOf([50, 0])).toMatch(/^prod: 0 alerts today, target 10/)
})

test('as many as the target are not too many, one more is', () => {
  expect(textOf([10])).toMatch(/^prod: 10 alerts today, target 10/)
  expect(textOf([11])).toMatch(/^▲ Over the target: prod: 11 alerts today, target 10/)
})

test('opened, it says what is counted and shows the last days, the newest first', () => {
  const text = textOf([1200, 3])
  expect(text).toContain('Alerts of prod that opened')
  expect(text).toContain('at midnight in Europe/Berlin')
  expect(text.indexOf('2026-01-113')).toBeGreaterThan(0)
  expect(text.indexOf('2026-01-10▲ 1,200, over the target')).toBeGreaterThan(
    text.indexOf('2026-01-113'),
  )
})
