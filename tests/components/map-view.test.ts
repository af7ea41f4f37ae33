// The map's data: how edges stand to the baseline, what a node is called, what changed between two views.
import { expect, test } from 'vitest'
import { askView, sayAsked } from '../../components/map/ask-view.ts'
import { nodeTitles } from '../../components/map/graph-elements.ts'
import { foundElements, stepFrom } from '../../components/map/map-stand.ts'
import { countView, type EdgeAlert } from '../../components/map/map-view.ts'
import { narrowView } from '../../components/map/narrow-view.ts'
import { countChanges } from '../../components/map/view-changes.ts'
import { edgeSubject } from '../../core/baseline/drift.ts'
import { edge, key, node, trust, viewOf } from './views.ts'

const shop = key('shop')
const cart = key('cart')
const bank = key('bank.example', 'external')
const nodes = [node('1', shop), node('2', cart), node('3', bank)]
const edges = [edge('10', shop, cart), edge('11', cart, bank, trust('clientOnly'))]

const plainNotes = { purpose: '', owner: '', ticket: '', approver: '', expiresAtMs: null }

const standings = (view: ReturnType<typeof viewOf>) =>
  Object.fromEntries(view.edges.map((one) => [one.id, one.standing]))

test('without a baseline every edge is neutral and no node is new', () => {
  const view = viewOf({ nodes, edges })
  expect(standings(view)).toEqual({ 10: 'neutral', 11: 'neutral' })
  expect(view.nodes.some((one) => one.isNew)).toBe(false)
})

test('an edge outside the baseline is new, and so is an end that the baseline does not know', () => {
  const view = viewOf({ nodes, edges, approved: ['10'] })
  expect(standings(view)).toEqual({ 10: 'known', 11: 'new' })
  expect(view.nodes.filter((one) => one.isNew).map((one) => one.name)).toEqual(['bank.example'])
  expect(countView(view)).toEqual({ nodes: 3, edges: 2, newEdges: 1, rejectedEdges: 0 })
})

test('the ends of an edge that a rule holds are not new, whatever more is done over it', () => {
  const rule = { id: 'banks', effect: 'allow', source: { name: 'cart' }, target: {} } as const
  const rules = [{ ...plainNotes, ...rule, protocols: null, operations: null, ports: null }]
  const subject = edgeSubject({ source: cart, target: bank })
  const alert = { id: '7', subject, state: 'open', kind: 'new_operation' } as const
  for (const alerts of [[], [alert]]) {
    const view = viewOf({ nodes, edges, approved: ['10'], rules, alerts })
    expect(view.nodes.filter((one) => one.isNew)).toEqual([])
  }
})

test('a rejected alert marks its edge as rejected, not as new', () => {
  const subject = edgeSubject({ source: cart, target: bank })
  const alerts = [{ id: '7', subject, state: 'rejected' as const, kind: 'new_edge' as const }]
  const view = viewOf({ nodes, edges, approved: ['10'], alerts })
  expect(view.edges.find((one) => one.id === '11')).toMatchObject({
    standing: 'rejected',
    alertId: '7',
  })
})

test('an edge that the baseline holds strays while an alert stands for it, and says in what way', () => {
  const subject = edgeSubject({ source: shop, target: cart })
  const alert = { id: '7', subject, kind: 'downgraded' as const }
  const edgeIn = (alerts: readonly EdgeAlert[]) =>
    viewOf({ nodes, edges, approved: ['10'], alerts }).edges.find((one) => one.id === '10')
  const straying = { standing: 'new', alertId: '7', driftKind: 'downgraded' }
  expect(edgeIn([{ ...alert, state: 'open' }])).toMatchObject(straying)
  expect(edgeIn([{ ...alert, state: 'snoozed' }])).toMatchObject(straying)
  expect(edgeIn([])).toMatchObject({ standing: 'known', alertId: null, driftKind: null })
})

test('an edge known from one side only is not confirmed', () => {
  const view = viewOf({ nodes, edges })
  expect(view.edges.map((one) => [one.id, one.isConfirmed])).toEqual([
    ['11', false],
    ['10', true],
  ])
})

test('a namespace is said only when two services have one name', () => {
  const twins = [node('1', key('api', 'service', 'a')), node('2', key('api', 'service', 'b'))]
  const alone = node('3', key('web', 'service', 'c'))
  const titles = nodeTitles(viewOf({ nodes: [...twins, alone], edges: [] }))
  expect([...titles.values()].sort()).toEqual(['a/api', 'b/api', 'web'])
})

const ask = (find: string, hide = '') => askView(viewOf({ nodes, edges }), { find, hide })

test('what is asked is told in numbers, and in words what cannot be followed', () => {
  expect(sayAsked(ask(''))).toBe('')
  expect(sayAsked(ask('cart bank'))).toBe('found 0 of 3 nodes, 1 of 2 edges')
  expect(sayAsked(ask('', 'kind = external'))).toBe('hidden 1 node, 1 edge')
  const wrong = ask('kind =', 'nodes (')
  expect(sayAsked(wrong)).toBe('')
  expect(wrong.found).toBeNull()
  expect([wrong.problems.find?.from, wrong.problems.hide?.from]).toEqual([6, 7])
  const large = viewOf({ nodes, edges })
  const unread = { ...large, edges: large.edges.map((one) => ({ ...one, operations: null })) }
  expect(sayAsked(askView(unread, { find: '', hide: 'operation ~ x' }))).toBe(
    'operation: not read, there are too many edges',
  )
})

test('what is hidden leaves the view, and without anything hidden the view is the same one', () => {
  const view = viewOf({ nodes, edges })
  expect(askView(view, { find: 'cart', hide: 'name = nobody' }).view).toBe(view)
  const { view: left } = askView(view, { find: '', hide: 'kind = external' })
  expect([left.nodes.length, left.edges.map((one) => one.id)]).toEqual([2, ['10']])
})

test('above the limit only what a search finds is drawn, and nothing when that is too much too', () => {
  const view = viewOf({ nodes, edges })
  expect(narrowView(view, null, 3)).toBe(view)
  expect(narrowView(view, null, 2)).toBeNull()
  const narrowed = narrowView(view, ask('cart bank').found, 2)
  expect(narrowed?.nodes.map((one) => one.id).sort()).toEqual(['2', '3'])
  expect(narrowed?.edges.map((one) => one.id)).toEqual(['11'])
  expect(narrowView(view, ask('kind = service or kind = external').found, 2)).toBeNull()
})

test('steps go round through nodes, then edges, and begin at an end', () => {
  const view = viewOf({ nodes, edges })
  const found = foundElements(view, ask('cart').found)
  expect(found).toEqual(['n2', 'e11', 'e10'])
  expect(stepFrom(null, found, 1)).toBe('n2')
  expect(stepFrom(null, found, -1)).toBe('e10')
  expect(stepFrom('e10', found, 1)).toBe('n2')
  expect(stepFrom('n2', found, -1)).toBe('e10')
  expect(stepFrom('n2', [], 1)).toBeNull()
})

test('changes are nodes and edges that came, went or stand differently; counts are none', () => {
  const before = viewOf({ nodes, edges, approved: ['10'] })
  expect(countChanges(before, before)).toBe(0)
  const busier = edges.map((one) => ({ ...one, calls: 99 }))
  expect(countChanges(before, viewOf({ nodes, edges: busier, approved: ['10'] }))).toBe(0)
  expect(countChanges(before, viewOf({ nodes, edges, approved: ['10', '11'] }))).toBe(1)
  expect(
    countChanges(
      before,
      viewOf({ nodes: nodes.slice(0, 2), edges: edges.slice(0, 1), approved: ['10'] }),
    ),
  ).toBe(2)
})
