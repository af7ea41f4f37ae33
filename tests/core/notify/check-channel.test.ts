// What is wrong with a channel as somebody wants it: a sentence for each field, never with a secret in it.
import { expect, test } from 'vitest'
import { ChannelSettings } from '../../../core/notify/channel.ts'
import { type ChannelDraft, findChannelProblems } from '../../../core/notify/check-channel.ts'

const WEBHOOK = { kind: 'webhook', url: 'https://hooks.example.org/a' }
const SIGNING = `whsec_${'a'.repeat(32)}`
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'

function problems(settings: object, rest: Partial<ChannelDraft> = {}): string[] {
  const draft = { settings: ChannelSettings.parse(settings), secrets: {}, kept: [], ...rest }
  return findChannelProblems(draft).map(({ path, sentence }) => `${path.join('.')}: ${sentence}`)
}

test('a webhook needs no secret and takes its own', () => {
  expect(problems(WEBHOOK)).toEqual([])
  const secrets = { signingSecret: SIGNING, authorization: 'Bearer x', ca: PEM }
  expect(problems(WEBHOOK, { secrets })).toEqual([])
})

test('what a kind needs must be given, unless it is stored already', () => {
  const pager = { kind: 'pagerduty' }
  const needed = ['secrets.routingKey: Enter it: this channel needs it.']
  expect(problems(pager)).toEqual(needed)
  expect(problems(pager, { secrets: { routingKey: 'k' } })).toEqual([])
  expect(problems(pager, { kept: ['routingKey'] })).toEqual([])
  expect(problems(pager, { kept: ['routingKey'], secrets: { routingKey: null } })).toEqual(needed)
})

test('a secret of another kind is refused by the names there are', () => {
  expect(
    problems({ kind: 'slack' }, { secrets: { url: 'https://a.example', apiKey: 'k' } }),
  ).toEqual(['secrets.apiKey: No such secret here: url, ca can be set.'])
})

test.each([
  ['url', 'hooks.example.org', 'Enter the whole address, beginning with https://.', 'slack'],
  ['url', 'file:///etc/passwd', 'Enter the whole address, beginning with https://.', 'slack'],
  ['ca', 'MIIB', 'Paste PEM text, from -----BEGIN CERTIFICATE----- on.', 'webhook'],
  ['signingSecret', 'hunter2', 'Enter whsec_ and 24 to 64 bytes in base64', 'webhook'],
  ['authorization', 'Bearer a\r\nX-Other: b', 'Enter it on one line.', 'webhook'],
  ['authorization', '   ', 'It is empty: leave it out, or enter a value.', 'webhook'],
])('%s as %j is refused without being said', (name, value, sentence, kind) => {
  const settings = kind === 'webhook' ? WEBHOOK : { kind }
  const [told = ''] = problems(settings, { kept: ['url'], secrets: { [name]: value } })
  expect(told).toContain(`secrets.${name}: ${sentence}`)
  if (value.trim().length > 3) expect(told).not.toContain(value.trim())
})

test('a title that cannot be filled in is refused, one that can is not', () => {
  expect(problems({ ...WEBHOOK, titleTemplate: '{{severity}}: {{summary}}' })).toEqual([])
  const [told = ''] = problems({ ...WEBHOOK, titleTemplate: '{{sumary}}' })
  expect(told).toMatch(/^settings\.titleTemplate: .*sumary/)
})

test('an address with a user or password in it is not stored, wherever it stands', () => {
  const cure = 'Take user and password out of the address: they would be seen with it.'
  for (const credentials of ['ada:hunter2', 'ada', ':hunter2']) {
    const url = `https://${credentials}@hooks.example.org/a`
    expect(problems({ ...WEBHOOK, url })).toEqual([`settings.url: ${cure}`])
    expect(problems({ kind: 'slack' }, { secrets: { url } })).toEqual([`secrets.url: ${cure}`])
  }
})
