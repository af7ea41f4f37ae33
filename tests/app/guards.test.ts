// Who may ask the web process for what: the guards as functions, and that no page, route or action is
// without its session check.
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { localPath } from '../../app/local-path.ts'
import { allowedFor, isAllowedHost, isAllowedWrite } from '../../app/request-guard.ts'
import { contentSecurityPolicy } from '../../app/security-headers.ts'

const ROOT = path.join(import.meta.dirname, '../..')
/** Pages for people who have no session yet. */
const PUBLIC = [
  'app/sign-in/page.tsx',
  'app/sign-in/actions.ts',
  'app/setup/page.tsx',
  'app/setup/actions.ts',
]

const find = (pattern: string) =>
  globSync(pattern, { cwd: ROOT }).map((file) => file.split(path.sep).join('/'))

test('every page, route and server action asks for the session', () => {
  const files = find('app/**/{page.tsx,route.ts,actions.ts}').filter(
    (file) => !PUBLIC.includes(file),
  )
  expect(files.length).toBeGreaterThan(8)
  // A route is declared and served, or asks by itself.
  const checks = {
    page: /await requireSession\(\)/,
    route: /^export const \{[^}]*\} = methods\(\n {2}serve\(|await findCaller\(/m,
    actions: /await requireSession\(\)/,
  }
  for (const file of files) {
    const text = readFileSync(path.join(ROOT, file), 'utf8')
    const kind = path.basename(file).split('.')[0] as keyof typeof checks
    expect(text, `${file} must ask who is signed in`).toMatch(checks[kind])
  }
})

test('every exported action asks by itself, not only one of its file', () => {
  for (const file of find('app/**/actions.ts').filter((one) => !PUBLIC.includes(one))) {
    const text = readFileSync(path.join(ROOT, file), 'utf8')
    const actions = text.match(/^export async function/gm)?.length ?? 0
    expect(text.match(/await requireSession\(\)/g)).toHaveLength(actions)
  }
})

test('no component writes markup from text, and no client file reads storage', () => {
  for (const file of find('{app,components}/**/*.{ts,tsx}')) {
    const text = readFileSync(path.join(ROOT, file), 'utf8')
    expect(text, file).not.toMatch(/dangerouslySetInnerHTML|\.innerHTML|insertAdjacentHTML/)
    if (text.startsWith("'use client'")) expect(text, file).not.toContain('/storage/')
  }
})

const LOOPBACK = allowedFor({ host: '127.0.0.1', port: 3000, publicUrl: null })
const PUBLIC_SITE = allowedFor({
  host: '0.0.0.0',
  port: 3000,
  publicUrl: 'https://map.example.org',
})

test.each([
  ['127.0.0.1:3000', true],
  ['LOCALHOST:3000', true],
  ['[::1]:3000', true],
  ['localhost:3001', false],
  ['evil.example:3000', false],
  ['127.0.0.1.evil.example:3000', false],
  [undefined, false],
  ['', false],
])('on loopback the host %s is let in: %s', (host, isLetIn) => {
  expect(isAllowedHost(host, LOOPBACK)).toBe(isLetIn)
})

test('behind a public URL its own host is let in, and no other name of the world', () => {
  expect(isAllowedHost('map.example.org', PUBLIC_SITE)).toBe(true)
  expect(isAllowedHost('map.example.org:3000', PUBLIC_SITE)).toBe(false)
  expect(isAllowedHost('0.0.0.0:3000', PUBLIC_SITE)).toBe(false)
})

test.each([
  ['GET', null, 'cross-site', true],
  ['HEAD', 'https://evil.example', null, true],
  ['POST', 'http://127.0.0.1:3000', 'same-origin', true],
  ['POST', 'http://127.0.0.1:3000', null, true],
  ['POST', 'http://127.0.0.1:3000', 'same-site', false],
  ['POST', 'http://127.0.0.1:4000', 'same-origin', false],
  ['POST', 'https://evil.example', null, false],
  ['POST', 'null', null, false],
  ['POST', null, null, false],
  ['DELETE', null, 'same-origin', false],
])('%s from origin %s, fetch site %s: %s', (method, origin, fetchSite, isLetIn) => {
  const request = { method, origin, fetchSite, hasTokenOnly: false }
  expect(isAllowedWrite(request, LOOPBACK)).toBe(isLetIn)
})

test('a write with a token and no cookie needs no origin', () => {
  const request = { method: 'POST', origin: null, fetchSite: null, hasTokenOnly: true }
  expect(isAllowedWrite(request, LOOPBACK)).toBe(true)
})

test('scripts and styles run by nonce alone in production', () => {
  const policy = contentSecurityPolicy({ nonce: 'abc', isDevelopment: false, isHttps: false })
  expect(policy).not.toMatch(/unsafe-/)
  expect(policy).toContain("script-src 'self' 'nonce-abc' 'strict-dynamic'")
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("frame-ancestors 'none'")
})

test.each([
  ['/alerts?state=open', '/alerts?state=open'],
  ['/map', '/map'],
  ['//evil.example', '/map'],
  ['/\\evil.example', '/map'],
  ['/\t/evil.example', '/map'],
  ['/.//evil.example', '/map'],
  ['/x/..//evil.example/a', '/map'],
  ['/%2e//evil.example', '/map'],
  ['/./\\evil.example', '/map'],
  ['https://evil.example', '/map'],
  ['javascript:alert(1)', '/map'],
  [undefined, '/map'],
  [['/a'], '/map'],
])('after sign-in %j leads to %s', (next, expected) => {
  expect(localPath(next)).toBe(expected)
})
