// What a browser keeps of a layout, and that damage of it is never more than a fresh layout.
import { expect, test } from 'vitest'
import { EMPTY_LAYOUT, loadLayout, saveLayout } from '../../components/map/stored-layout.ts'

function memory(): Storage {
  const kept = new Map<string, string>()
  return {
    get length() {
      return kept.size
    },
    clear: () => kept.clear(),
    key: (at) => [...kept.keys()][at] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }
}

test('a layout comes back as it was kept, for its environment only', () => {
  const storage = memory()
  const layout = {
    positions: new Map([['n1', { x: 1, y: 2 }]]),
    routes: new Map([
      [
        'e1',
        [
          { x: 0, y: 0 },
          { x: 5, y: 5 },
        ],
      ],
    ]),
    isArranged: true,
  }
  saveLayout(storage, 'prod', layout)
  expect(loadLayout(storage, 'prod')).toEqual(layout)
  expect(loadLayout(storage, 'stage')).toEqual(EMPTY_LAYOUT)
})

test('damaged or foreign text is nothing', () => {
  const storage = memory()
  for (const text of [
    '{',
    'null',
    '7',
    '{"version":1}',
    '{"version":2,"positions":{"n1":{"x":"a"}}}',
  ]) {
    storage.setItem('strayline.layout.prod', text)
    expect(loadLayout(storage, 'prod').positions.size).toBe(0)
  }
})

test('a storage that refuses is no error', () => {
  const refusing: Storage = {
    ...memory(),
    getItem: () => {
      throw new Error('denied')
    },
    setItem: () => {
      throw new Error('full')
    },
  }
  expect(() => saveLayout(refusing, 'prod', EMPTY_LAYOUT)).not.toThrow()
  expect(loadLayout(refusing, 'prod')).toEqual(EMPTY_LAYOUT)
})
