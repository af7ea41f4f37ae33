// Title templates: what is wrong with one is said when it is saved; a message is made all the same.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ChannelSettings } from '../../../../core/notify/channel.ts'
import { render } from '../../../../core/notify/payload/render.ts'
import {
  TEMPLATE_NAMES,
  templateProblems,
  titleBy,
} from '../../../../core/notify/payload/template.ts'
import { alertOf, bodiesOf, CHANNELS, hostileText, LINKS, nodeOf, noticeOf } from './notices.ts'

const NOTICE = noticeOf('open')

test('a template names what it wants, and leaves out what is not there', () => {
  const template =
    '[{{severity}}] {{source}} -> {{target}}{{#incident}} ({{incident}}){{/incident}}'
  expect(templateProblems(template)).toEqual([])
  expect(titleBy(template, NOTICE)).toBe(
    '[high] checkout -> collect.example (Version “2.1.0” of checkout began 2 new edges.)',
  )
  const lonely = noticeOf('open', { alert: alertOf({ incident: null, target: null }) })
  expect(titleBy('{{source}}{{^target}} alone{{/target}}', lonely)).toBe('checkout alone')
})

test('every name that is documented can be used, and says something', () => {
  const notice = noticeOf('reject', { why: 'Rejected by ann.' })
  for (const { name } of TEMPLATE_NAMES) {
    expect(templateProblems(`{{${name}}}`)).toEqual([])
    expect(titleBy(`{{${name}}}`, notice)).not.toBe('')
  }
})

test.each([
  ['{{sverity}}', /^\{\{sverity\}\} is no name: there are title, act, severity/],
  ['{{source.name}}', /^\{\{source\.name\}\} is no name/],
  ['{{constructor}}', /is no name/],
  ['{{__proto__}}', /is no name/],
  ['{{.}}', /is no name/],
  ['{{#incident}}{{constructor}}{{/incident}}', /^\{\{constructor\}\} is no name/],
  ['{{> other}}', /^Parts of other templates/],
  ['{{=<% %>=}}<% title %>', /^Other signs than/],
  ['{{title', /^This is not a template: Unclosed tag/],
  ['{{#incident}}x', /^This is not a template: Unclosed section/],
  ['a\nb', /^A title is one line/],
  ['   ', /^Only spaces would be sent/],
])('%j is refused when it is saved, and passed over when a message is made', (template, says) => {
  const [problem, ...more] = templateProblems(template)
  expect(problem).toMatch(says)
  expect(more).toEqual([])
  if (template.trim() !== '') expect(titleBy(template, NOTICE)).toBe(titleBy('', NOTICE))
})

test('a value is never read as a template or as markup, and a title is one line', () => {
  const source = nodeOf('{{severity}} <!channel>\n&amp;')
  const notice = noticeOf('open', { alert: alertOf({ source }) })
  expect(titleBy('{{source}} {{{source}}} {{&source}}', notice)).toBe(
    '{{severity}} <!channel> &amp; {{severity}} <!channel> &amp; {{severity}} <!channel> &amp;',
  )
  const settings: ChannelSettings = { ...CHANNELS.slack!, titleTemplate: '{{source}}' }
  const [body] = bodiesOf(render(settings, { url: 'https://hooks.example/x' }, notice, LINKS))
  expect((body as { text: string }).text).toMatch(/^\{\{severity\}\} &lt;!channel&gt; &amp;amp;\n/)
})

test('a template that says nothing gives the own words of the channel', () => {
  expect(titleBy('{{why}}', NOTICE)).toBe(titleBy('', NOTICE))
})

test('whatever is written as a template, it is judged, and a title comes of it', () => {
  const part = fc.constantFrom(
    '{{',
    '}}',
    '{{#',
    '{{/',
    '{{^',
    'title',
    'incident',
    '=',
    '>',
    '&',
    '.',
    ' ',
  )
  const template = fc.oneof(
    fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
    hostileText,
  )
  fc.assert(
    fc.property(template, (text) => {
      templateProblems(text)
      expect(titleBy(text, NOTICE)).toMatch(/\S/)
    }),
    { numRuns: 200, endOnFailure: true },
  )
})
