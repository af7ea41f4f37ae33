// The API as it is declared: every route file is in the OpenAPI document and the other way round, and the
// document is a valid one. Answers of the running product are held against it in api.test.ts.
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { Environment, Reason } from '../../app/api-input.ts'
import { ALL_ROUTES } from '../../app/contract/all-routes.ts'
import { named } from '../../app/contract/named-schemas.ts'
import { buildOpenApi } from '../../app/contract/openapi.ts'
import { cutPage, pageFields } from '../../app/contract/paging.ts'
import { countOne, createMinuteLimit, isSpent, secondsLeft } from '../../app/minute-limit.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const document = buildOpenApi(ALL_ROUTES)
const written = JSON.parse(JSON.stringify(document))

/** 'GET /api/v1/nodes/{id}' of every route that a file serves, by the names of the declarations. */
function servedRoutes(): string[] {
  const byName = new Map<string, string>()
  for (const file of globSync('app/contract/routes/*.ts', { cwd: ROOT }))
    for (const [, name = '', id = ''] of readFileSync(path.join(ROOT, file), 'utf8').matchAll(
      /^export const ([A-Z_]+) = \{\s*(?:\.\.\.\{ )?id: '(\w+)'/gm,
    ))
      byName.set(name, id)
  return globSync('app/api/v1/**/route.ts', { cwd: ROOT }).flatMap((file) => {
    const at = `/${path.dirname(file).split(path.sep).slice(1).join('/')}`
    const place = at.replaceAll(/\[(\w+)\]/g, '{$1}')
    const text = readFileSync(path.join(ROOT, file), 'utf8')
    const names = [...text.matchAll(/\bserve\(\s*([A-Z_]+)\b/g)].map(([, name = '']) => name)
    expect(names, `${file} serves nothing`).not.toHaveLength(0)
    return names.map((name) => `${place} ${byName.get(name)}`)
  })
}

test('every route that a file serves is declared at its path, and nothing else is', () => {
  const declared = ALL_ROUTES.map((route) => `${route.path} ${route.id}`)
  expect(servedRoutes().sort()).toEqual(declared.sort())
  expect(new Set(ALL_ROUTES.map((route) => route.id)).size).toBe(ALL_ROUTES.length)
})

test('every declared route is in the document with its good answer and its refusals', () => {
  for (const route of ALL_ROUTES) {
    const at = written.paths[route.path.replace('/api/v1', '')]
    const operation = at?.[route.method.toLowerCase()]
    expect(operation?.operationId, route.id).toBe(route.id)
    expect(Object.keys(operation.responses)).toEqual(
      expect.arrayContaining([String(route.answer.status), '400', '401']),
    )
    const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const named = (operation.parameters ?? []).filter((one: { in: string }) => one.in === 'path')
    expect(named.map((one: { name: string }) => one.name)).toEqual(inPath)
  }
})

test('the document is valid OpenAPI 3.1, and every reference in it leads somewhere', async () => {
  const result = await new Validator().validate(structuredClone(written))
  expect(result.errors ?? []).toEqual([])
  expect(result.valid).toBe(true)
  for (const [, place = ''] of JSON.stringify(written).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const found = place
      .split('/')
      .reduce((at: Record<string, unknown> | undefined, key) => at?.[key] as never, written)
    expect(found, place).toBeDefined()
  }
})

test('a named schema that means different things in and out is refused', () => {
  const shared = named('TwoMeanings', z.object({ a: z.string().default('x') }))
  const base = { method: 'POST', path: '/api/v1/x', tag: 'about', role: 'viewer' } as const
  const route = { ...base, id: 'x', summary: 'x', body: { schema: shared } } as const
  const answer = { status: 200, description: 'x', schema: null } as const
  expect(() => buildOpenApi([{ ...route, answer }])).not.toThrow()
  const both = { ...route, answer: { ...answer, schema: shared } }
  expect(() => buildOpenApi([both])).toThrow('TwoMeanings means different things')
})

test('a cursor works for its list alone', () => {
  const fields = z.object(pageFields('listThings', z.tuple([z.int(), z.string()])))
  const toPage = (limit: number) =>
    cutPage([1, 2, 3], {
      route: 'listThings',
      limit,
      keyOf: (row) => [row, 'x'],
      toItem: (row) => row * 10,
    })
  expect(toPage(3)).toEqual({ items: [10, 20, 30], nextCursor: null })
  const { items, nextCursor } = toPage(2)
  expect(items).toEqual([10, 20])
  expect(fields.parse({ cursor: nextCursor, limit: '2' })).toEqual({ limit: 2, cursor: [2, 'x'] })
  const others = z.object(pageFields('listOthers', z.tuple([z.int(), z.string()])))
  expect(others.safeParse({ cursor: nextCursor }).error?.issues[0]?.path).toEqual(['cursor'])
  for (const cursor of ['', 'x', 'bnVsbA', Buffer.from('["listThings",[1]]').toString('base64url')])
    expect(fields.safeParse({ cursor }).success).toBe(false)
  for (const limit of ['0', '501', 'x', '1.5'])
    expect(fields.safeParse({ limit }).success).toBe(false)
})

test('a limit is of each key, spent when it was used up, and begins anew each minute', () => {
  const limit = createMinuteLimit(2)
  countOne(limit, 'a', 0)
  expect(isSpent(limit, 'a', 0)).toBe(false)
  countOne(limit, 'a', 59_999)
  expect([isSpent(limit, 'a', 59_999), isSpent(limit, 'b', 59_999)]).toEqual([true, false])
  expect(isSpent(limit, 'a', 60_000)).toBe(false)
  expect([secondsLeft(59_001), secondsLeft(60_000)]).toEqual([1, 60])
})

test('more keys than anybody has are counted together, in bounded memory', () => {
  const limit = createMinuteLimit(2)
  for (let key = 0; key < 20_000; key++) countOne(limit, `k${key}`, 0)
  expect(limit.counts.size).toBeLessThanOrEqual(10_001)
  expect([isSpent(limit, 'k1', 0), isSpent(limit, 'another', 0)]).toEqual([false, true])
})

test('text that Postgres cannot hold is refused before it is asked', () => {
  for (const schema of [Reason, Environment])
    for (const text of ['a\u0000b', 'half \ud83d'])
      expect(schema.safeParse(text).success, JSON.stringify(text)).toBe(false)
})
