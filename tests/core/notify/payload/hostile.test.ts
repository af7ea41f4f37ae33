// Whatever stands in names, reasons and sentences: each message is valid where it goes, within the limits there, and
// text stays text. The services are those of services.ts, written from their documentation; text forms are read back
// by parsers.ts.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { z } from 'zod'
import { CHANNEL_KINDS } from '../../../../core/notify/channel.ts'
import type { Notice } from '../../../../core/notify/notice.ts'
import { noticeJsonSchema } from '../../../../core/notify/payload/notice-schema.ts'
import type { Rendered } from '../../../../core/notify/payload/render.ts'
import { oneLine } from '../../../../core/notify/payload/text.ts'
import {
  alertOf,
  bodiesOf,
  CHANNELS,
  digestOf,
  hostileNotice,
  hostileText,
  LINKS,
  NOTICES,
  nodeOf,
  noticeOf,
  renderTo,
} from './notices.ts'
import { parseCef, parseSyslog } from './parsers.ts'
import * as services from './services.ts'

const ROOT = path.join(import.meta.dirname, '../../../..')
const PUBLISHED: object = JSON.parse(
  readFileSync(path.join(ROOT, 'public/schemas/notice-v1.json'), 'utf8'),
)
const OCSF: object = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'ocsf-detection-finding.json'), 'utf8'),
)

const isNotice = addFormats.default(new Ajv2020({ strict: false })).compile(PUBLISHED)
const isFinding = addFormats.default(new Ajv()).compile(OCSF)

function accept(schema: z.ZodType, bodies: readonly unknown[]): void {
  for (const body of bodies) schema.parse(body)
}

function acceptNotices(bodies: readonly unknown[]): void {
  for (const body of bodies) expect(isNotice(body), JSON.stringify(isNotice.errors)).toBe(true)
}

function acceptFindings(findings: readonly unknown[]): void {
  for (const finding of findings)
    expect(isFinding(finding), JSON.stringify(isFinding.errors)).toBe(true)
}

function bytes(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}

/** What each channel's messages must be. */
const CHECKS: { readonly [channel: string]: (rendered: Rendered, notice: Notice) => void } = {
  webhook: (rendered) => acceptNotices(bodiesOf(rendered)),
  'webhook-ocsf': (rendered) => acceptFindings(bodiesOf(rendered).flat()),
  slack: (rendered) => accept(services.slackMessage, bodiesOf(rendered)),
  teams: (rendered) => {
    accept(services.teamsMessage, bodiesOf(rendered))
    for (const body of bodies(rendered)) {
      expect(bytes(body)).toBeLessThanOrEqual(28 * 1024)
      expect(Buffer.byteLength(body, 'utf16le')).toBeLessThanOrEqual(28 * 1024)
    }
  },
  pagerduty: (rendered) => accept(services.pagerDutyEvent, bodiesOf(rendered)),
  opsgenie: (rendered) => {
    if (rendered.via !== 'http') throw new Error(rendered.via)
    for (const { url, body } of rendered.requests) {
      const { pathname } = new URL(url)
      const schema = pathname.endsWith('/v2/alerts')
        ? services.opsgenieCreate
        : pathname.endsWith('/priority')
          ? services.opsgeniePriority
          : services.opsgenieNote
      accept(schema, [JSON.parse(body)])
    }
  },
  alertmanager: (rendered) => accept(services.alertmanagerAlerts, bodiesOf(rendered)),
  'syslog-json': (rendered) =>
    acceptNotices(messagesOf(rendered).map(({ text }) => JSON.parse(text))),
  'syslog-ocsf': (rendered) =>
    acceptFindings(messagesOf(rendered).map(({ text }) => JSON.parse(text))),
  'syslog-cef': (rendered) => {
    for (const { text, params } of messagesOf(rendered)) {
      const { header, extension } = parseCef(text)
      expect(header.slice(0, 4)).toEqual(['CEF:0', 'Strayline', 'Strayline', '0.2.0'])
      expect(header[6]).toMatch(/^(?:10|[0-9])$/)
      expect(extension.get('cs5')).toBe(params.get('key'))
      for (const value of extension.values()) expect(value.length).toBeLessThanOrEqual(1023)
    }
  },
  email: (rendered) => {
    if (rendered.via !== 'smtp') throw new Error(rendered.via)
    const { subject, messageId, text, html } = rendered
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what ends a header
    expect(subject).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/)
    expect(subject.length).toBeLessThanOrEqual(200)
    expect(messageId).toMatch(/^<[A-Za-z0-9.-]+@shop\.example>$/)
    expect(text.isWellFormed() && html.isWellFormed() && subject.isWellFormed()).toBe(true)
    expect(bytes(html)).toBeLessThanOrEqual(90 * 1024)
  },
}

function bodies(rendered: Rendered): readonly string[] {
  return rendered.via === 'http' ? rendered.requests.map(({ body }) => body) : []
}

function messagesOf(rendered: Rendered) {
  if (rendered.via !== 'syslog') throw new Error(rendered.via)
  return rendered.lines.map((line) => {
    expect(bytes(line)).toBeLessThanOrEqual(8192)
    const message = parseSyslog(line)
    expect(message).toMatchObject({
      ...{ host: 'strayline.example', app: 'strayline', process: '-', dataId: 'strayline@32473' },
    })
    return message
  })
}

test('every kind of channel is among those tested', () => {
  const kinds = new Set(Object.values(CHANNELS).map(({ kind }) => kind))
  expect([...kinds].sort()).toEqual([...CHANNEL_KINDS].sort())
  expect(Object.keys(CHECKS).sort()).toEqual(Object.keys(CHANNELS).sort())
})

test.each(Object.entries(CHECKS))('%s takes every sort of notice', (channel, check) => {
  for (const notice of Object.values(NOTICES)) check(renderTo(channel, notice), notice)
})

test.each(Object.entries(CHECKS))('%s takes hostile text', (channel, check) => {
  fc.assert(
    fc.property(hostileNotice, (notice) => {
      const rendered = renderTo(channel, notice)
      check(rendered, notice)
      for (const body of bodies(rendered)) {
        expect(services.stringsIn(JSON.parse(body)).every((text) => text.isWellFormed())).toBe(true)
        expect(bytes(body)).toBeLessThanOrEqual(1024 * 1024)
      }
    }),
    { numRuns: 60, endOnFailure: true },
  )
})

test.each(Object.entries(CHECKS))(
  '%s keeps its limits with the largest digest',
  (channel, check) => {
    const long = '😀"\\]=<&'.repeat(1000)
    const many = Array.from({ length: 25 }, () => long)
    const notices = Array.from({ length: 100 }, (_, at) =>
      noticeOf(at % 3 === 0 ? 'resolve' : 'open', {
        key: `a${at}.${at}`,
        why: long,
        alert: alertOf({
          ...{ id: String(at), environment: long, summary: long, ruleId: long, traceId: long },
          ...{
            source: nodeOf(long),
            target: nodeOf(long, 'external'),
            reasons: many,
            owners: many,
          },
          ...{ reasonsAgainst: many, reachedClasses: many },
          incident: { id: String(at % 60), sentence: long },
        }),
      }),
    )
    for (const notice of [digestOf(notices, 5000), notices[0]!, notices[1]!])
      check(renderTo(channel, notice), notice)
  },
)

test('the published schema of webhooks is the one they are made by', () => {
  expect(PUBLISHED).toEqual(JSON.parse(JSON.stringify(noticeJsonSchema())))
})

test('the published schema refuses what we would not send', () => {
  const [body] = bodiesOf(renderTo('webhook', NOTICES.open!)) as readonly [object]
  expect(isNotice(body)).toBe(true)
  for (const broken of [
    { ...body, schema: 'strayline.notice/v2' },
    { ...body, act: 'explode' },
    { ...body, extra: 1 },
    { ...body, key: undefined },
  ])
    expect(isNotice(JSON.parse(JSON.stringify(broken)))).toBe(false)
})

/** Short enough that nothing of it is left out. */
const shortText = hostileText.map((text) => text.slice(0, 400))

test('CEF and structured data give back the very text that went in', () => {
  fc.assert(
    fc.property(shortText, shortText, (name, why) => {
      const alert = alertOf({ source: nodeOf(name), environment: name, summary: why, reasons: [] })
      const [message] = messagesOf(renderTo('syslog-cef', noticeOf('reject', { alert, why })))
      const { extension } = parseCef(message!.text)
      expect(extension.get('sourceServiceName') ?? '').toBe(oneLine(name, 1023))
      expect(extension.get('cs1') ?? '').toBe(oneLine(name, 1023))
      expect(extension.get('reason') ?? '').toBe(oneLine(why, 1023))
      expect(extension.get('act')).toBe('reject')
      expect(extension.get('request')).toBe(LINKS.alertUrl('17'))
      expect(message!.params.get('environment')).toBe(oneLine(name, 100))
    }),
  )
})

test('webhook and OCSF give back names as they are, but for lone surrogates', () => {
  fc.assert(
    fc.property(shortText, (name) => {
      const notice = noticeOf('open', { alert: alertOf({ source: nodeOf(name) }) })
      const [body] = bodiesOf(renderTo('webhook', notice)) as readonly [
        { alert: { source: { name: string } } },
      ]
      expect(body.alert.source.name).toBe(name.toWellFormed())
      const [finding] = bodiesOf(renderTo('webhook-ocsf', notice)) as readonly [
        { evidences: readonly { src_endpoint: { svc_name: string } }[] },
      ]
      expect(finding.evidences[0]!.src_endpoint.svc_name).toBe(name.toWellFormed())
    }),
  )
})
