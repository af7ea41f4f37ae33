// Secrets at rest: what is sealed opens with its key, for its channel, and in no other way.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SETTINGS } from '../../core/config/settings.ts'
import { parseSigningSecrets } from '../../core/notify/signing-secret.ts'
import {
  makeSecretsKey,
  makeSigningSecret,
  openSecrets,
  sealSecrets,
} from '../../storage/secret-box.ts'
import { loadSecretsKey } from '../../storage/secrets-key.ts'
import { startProcess } from '../support/process.ts'

const SECRETS = { url: 'https://hooks.example.org/services/T0/B0/very-secret', ca: 'PEM' }
const key = makeSecretsKey(randomBytes(32))

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'strayline-secrets-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

test('what was sealed for a channel opens for it, and shows nothing of itself before', () => {
  // Names are those of SECRETS_OF; texts are whatever people paste.
  const secretsOf = fc.dictionary(
    fc.stringMatching(/^[a-z][A-Za-z]{0,20}$/),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(
    fc.property(secretsOf, fc.string(), (secrets, channelId) => {
      const plain = { ...secrets }
      expect(openSecrets(key, channelId, sealSecrets(key, channelId, plain))).toEqual(plain)
    }),
    { numRuns: 1_000 },
  )
  const sealed = sealSecrets(key, '7', SECRETS)
  expect(sealed.includes('very-secret')).toBe(false)
  expect(sealed.equals(sealSecrets(key, '7', SECRETS))).toBe(false)
})

test('it does not open for another channel, nor with one bit changed, nor cut short', () => {
  const sealed = sealSecrets(key, '7', SECRETS)
  expect(() => openSecrets(key, '8', sealed)).toThrow(/damaged or were another channel's/)
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Buffer.from(sealed)
    changed[bit >> 3] = Number(changed[bit >> 3]) ^ (1 << (bit & 7))
    expect(() => openSecrets(key, '7', changed)).toThrow()
  }
  for (let length = 0; length < sealed.length; length++)
    expect(() => openSecrets(key, '7', sealed.subarray(0, length))).toThrow()
})

test('another key is told apart from damage, in words that say what to do', () => {
  const sealed = sealSecrets(key, '7', SECRETS)
  const other = makeSecretsKey(randomBytes(32))
  const wrong = expect.objectContaining({ code: 'SECRETS_KEY_WRONG', retryable: false })
  expect(() => openSecrets(other, '7', sealed)).toThrow(wrong)
  expect(() => openSecrets(other, '7', sealed)).toThrow(
    /put back the secrets\.key .* or enter them anew/,
  )
})

test('a key shows nothing of itself when it is printed', () => {
  const bytes = randomBytes(32)
  const printed =
    inspect(makeSecretsKey(bytes), { depth: 9 }) + JSON.stringify(makeSecretsKey(bytes))
  for (const form of ['hex', 'base64'] as const) expect(printed).not.toContain(bytes.toString(form))
})

test('the key file is made once, for its owner alone, whoever asks first', async () => {
  const asked = { dataDir: path.join(dataDir, 'new'), given: null }
  const keys = await Promise.all(Array.from({ length: 20 }, () => loadSecretsKey(asked)))
  expect(new Set(keys.map(({ id }) => id.toString('hex'))).size).toBe(1)
  expect((await loadSecretsKey(asked)).id).toEqual(keys[0]?.id)
  const file = path.join(asked.dataDir, 'secrets.key')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(asked.dataDir)).toEqual(['secrets.key'])
  expect(Buffer.from(readFileSync(file, 'utf8'), 'base64')).toHaveLength(32)
})

test('a given key is taken in base64, URL-safe base64 and hex, and makes no file', async () => {
  const bytes = Buffer.alloc(32, 0xfb)
  const forms = [bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')]
  const keys = await Promise.all(forms.map((given) => loadSecretsKey({ dataDir, given })))
  for (const { id } of keys) expect(id).toEqual(makeSecretsKey(bytes).id)
  for (const form of forms) expect(SETTINGS.secretsKey.parse(form)).toBe(form)
  expect(readdirSync(dataDir)).toEqual([])
})

test('what is no key is refused in words, in the file and as a setting', async () => {
  for (const bad of ['', 'short', randomBytes(31).toString('base64'), 'z'.repeat(64)]) {
    writeFileSync(path.join(dataDir, 'secrets.key'), bad)
    await expect(loadSecretsKey({ dataDir, given: null })).rejects.toMatchObject({
      code: 'SECRETS_KEY_INVALID',
      message: expect.stringMatching(/secrets\.key holds no key of 32 bytes/),
    })
    expect(SETTINGS.secretsKey.parse(bad)).toBeUndefined()
  }
  const worker = startProcess('notify/main.ts', { STRAYLINE_SECRETS_KEY: 'tell-no-one' })
  worker.ready.catch(() => {})
  expect(await worker.exited).toBe(1)
  expect(worker.output()).toMatch(/^STRAYLINE_SECRETS_KEY is a value that is not accepted/)
  expect(worker.output()).not.toContain('tell-no-one')
})

test('a signing secret is made in the form that receivers know, and others are refused', () => {
  const made = makeSigningSecret()
  expect(made).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(parseSigningSecrets(made)?.map((bytes) => bytes.length)).toEqual([32])
  expect(parseSigningSecrets(`${made} ${makeSigningSecret()}`)).toHaveLength(2)
  for (const bad of [
    '',
    'password',
    made.slice(6),
    'whsec_',
    'whsec_c2hvcnQ=',
    `${made} x`,
    'whsec_é',
  ])
    expect(parseSigningSecrets(bad)).toBeNull()
})
