// docs/guide/notify.md shows what arrives: its examples are what the code makes, and its lines for receivers verify what
// we sign.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { CHANNEL_KINDS, SECRETS_OF } from '../../../../core/notify/channel.ts'
import { TEMPLATE_NAMES, templateProblems } from '../../../../core/notify/payload/template.ts'
import { signRequest } from '../../../../notify/send/sign.ts'
import { bodiesOf, NOTICES, renderTo } from './notices.ts'

const ROOT = path.join(import.meta.dirname, '../../../..')
const guide = readFileSync(path.join(ROOT, 'docs/guide/notify.md'), 'utf8')

function blocksOf(language: string): readonly string[] {
  const blocks = guide.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\n\`\`\``, 'gs'))
  return [...blocks].map(([, text = '']) => text)
}

test('the example of a webhook is what is sent', () => {
  const [body] = bodiesOf(renderTo('webhook', NOTICES.open!))
  const example = blocksOf('json').find((text) => text.includes('strayline.notice/v1'))
  expect(JSON.parse(example!)).toEqual(body)
})

test('the example of syslog is what is sent', () => {
  const rendered = renderTo('syslog-cef', NOTICES.open!)
  const lines = rendered.via === 'syslog' ? rendered.lines : []
  expect(blocksOf('text')).toContain(lines[0]!.replace('\ufeff', '<BOM>'))
})

test('every kind of channel and each of its own secrets is named', () => {
  for (const kind of CHANNEL_KINDS) {
    const row = guide.split('\n').find((line) => line.startsWith(`| \`${kind}\` | `))
    expect(row, kind).toBeDefined()
    for (const secret of SECRETS_OF[kind].required) expect(row).toContain(`\`${secret}\``)
  }
})

test('the names of templates are those that can be used, and the example is one', () => {
  for (const { name, description } of TEMPLATE_NAMES)
    expect(guide).toContain(`| \`${name}\` | ${description} |`)
  const example = blocksOf('text').find((text) => text.startsWith('[{{severity}}]'))
  expect(templateProblems(example!)).toEqual([])
})

test('the lines that verify a signature take ours and nothing else', async () => {
  const [code] = blocksOf('js')
  const { isOurs } = await import(`data:text/javascript,${encodeURIComponent(code!)}`)
  const rendered = renderTo('webhook', NOTICES.open!)
  if (rendered.via !== 'http') throw new Error(rendered.via)
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  const nowMs = Date.UTC(2026, 10, 22)
  const { headers, body } = signRequest(rendered.requests[0]!, { id: 'a17.40', nowMs, secret })
  expect(isOurs(headers, body, secret, nowMs)).toBe(true)
  expect(isOurs(headers, `${body} `, secret, nowMs)).toBe(false)
  expect(isOurs({ ...headers, 'webhook-id': 'a17.41' }, body, secret, nowMs)).toBe(false)
  expect(isOurs(headers, body, `whsec_${Buffer.alloc(32, 8).toString('base64')}`, nowMs)).toBe(
    false,
  )
  expect(isOurs(headers, body, secret, nowMs + 600_000)).toBe(false)
})
