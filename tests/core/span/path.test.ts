// Paths without what is private or endless in them.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { templatePath } from '../../../core/span/path.ts'

test.each([
  ['', ''],
  ['/', '/'],
  ['/users/42', '/users/{}'],
  ['/users/42/', '/users/{}/'],
  ['users/42', 'users/{}'],
  ['//a///b', '/a/b'],
  ['/o/550e8400-e29b-41d4-a716-446655440000/x', '/o/{}/x'],
  ['/o/deadbeef', '/o/{}'],
  ['/o/feed', '/o/feed'],
  ['/day/2026-11-22', '/day/{}'],
  ['/ip/10.0.0.1:80', '/ip/{}'],
  ['/v1/api', '/v1/api'],
  ['/order-1042/sha256', '/{}/sha256'],
  ['/INV2024-7/oauth2', '/{}/oauth2'],
  ['/t/eyJhbGciOiJIUzI1NiJ9.e30.abc', '/t/{}'],
  ['/t/AbCdEfGhIjKlMnOpQrStUv', '/t/AbCdEfGhIjKlMnOpQrStUv'],
  ['/m/ann@example.com', '/m/{}'],
  ['/m/ann%40example.com', '/m/{}'],
  ['/npm/@scope/name', '/npm/@scope/name'],
  ['/a;jsessionid=1/b;x=y', '/a/b'],
  ['/;x=1/b', '/b'],
  ['/a?token=s', '/a'],
  ['/a#token', '/a'],
  ['?token=s', ''],
  ['/a/b/c/d/e/f/g/h', '/a/b/c/d/e/f/g/h'],
  ['/a/b/c/d/e/f/g/h/i/j', '/a/b/c/d/e/f/g/h/…'],
  [`/${'x'.repeat(65)}/y`, '/{}/y'],
  ['https://u:p@h:1/x/7?token=s', '/x/{}'],
  ['https://h', '/'],
  ['https://h?x=1', '/'],
  ['\\a\\b', '/a/b'],
  ['*', '*'],
  ['/straße/日本', '/straße/日本'],
])('%s becomes %s', (path, template) => {
  expect(templatePath(path)).toBe(template)
})

test('a template is short, has no query and stays as it is when templated again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (path) => {
      const template = templatePath(path)
      expect(template).not.toMatch(/[?#;]/)
      expect(new TextEncoder().encode(template).length).toBeLessThanOrEqual(8 * 65 + 8)
      expect(templatePath(template)).toBe(template)
    }),
    { numRuns: 50 },
  )
})
