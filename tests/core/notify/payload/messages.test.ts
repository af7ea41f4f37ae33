// The messages themselves, as golden files, so that a review sees what people and machines get: one file a channel,
// every sort of notice in it. After a change of words: vitest run -u on this file, and read the difference.
import path from 'node:path'
import { expect, test } from 'vitest'
import { DRIFT_KINDS } from '../../../../core/baseline/drift.ts'
import { NOTICE_ACTS } from '../../../../core/notify/notice.ts'
import { labelAlert, titleAlert } from '../../../../core/notify/payload/words.ts'
import { alertOf, bodiesOf, CHANNELS, NOTICES, nodeOf, renderTo } from './notices.ts'

const GOLDEN = path.join(import.meta.dirname, '../../../golden/notices')

const OF_HTTP = Object.keys(CHANNELS).filter((name) => !/email|syslog/.test(name))

test.each(OF_HTTP)('every sort of notice to %s is its golden file', async (channel) => {
  const sent = Object.fromEntries(
    Object.entries(NOTICES).map(([name, notice]) => {
      const rendered = renderTo(channel, notice)
      if (rendered.via !== 'http') throw new Error(rendered.via)
      const bodies = bodiesOf(rendered)
      const requests = rendered.requests.map(({ method, url, headers }, at) => {
        return { to: `${method} ${url}`, headers, body: bodies[at] }
      })
      return [name, requests]
    }),
  )
  const text = `${JSON.stringify(sent, null, 2)}\n`
  await expect(text).toMatchFileSnapshot(path.join(GOLDEN, `${channel}.json`))
})

test.each(['syslog-json', 'syslog-cef', 'syslog-ocsf'])(
  'every sort of notice to %s is its golden file',
  async (channel) => {
    const lines = Object.values(NOTICES).flatMap((notice) => {
      const rendered = renderTo(channel, notice)
      return rendered.via === 'syslog' ? rendered.lines : []
    })
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(path.join(GOLDEN, `${channel}.log`))
  },
)

test('every sort of notice by e-mail is its golden file, and two show their HTML', async () => {
  const mails = Object.entries(NOTICES).map(([name, notice]) => {
    const mail = renderTo('email', notice)
    if (mail.via !== 'smtp') throw new Error(mail.via)
    return { name, mail }
  })
  const texts = mails.map(({ name, mail: { from, to, subject, messageId, text } }) =>
    [
      `=== ${name}`,
      `From: ${from}`,
      `To: ${to.join(', ')}`,
      `Subject: ${subject}`,
      `Message-ID: ${messageId}`,
      '',
      text,
    ].join('\n'),
  )
  await expect(texts.join('\n')).toMatchFileSnapshot(path.join(GOLDEN, 'email.txt'))
  for (const { name, mail } of mails)
    if (name === 'open' || name === 'digest')
      await expect(mail.html).toMatchFileSnapshot(path.join(GOLDEN, `email-${name}.html`))
})

test('the titles of every kind of drift and act are their golden file', async () => {
  const lines = DRIFT_KINDS.flatMap((kind) =>
    NOTICE_ACTS.map((act) => titleAlert(alertOf({ kind, episode: act === 'open' ? 2 : 1 }), act)),
  )
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(path.join(GOLDEN, 'titles.txt'))
})

test('an alert about a service without edges names the service alone', () => {
  expect(labelAlert(alertOf({ target: null, source: nodeOf('lonely') }))).toBe('lonely')
})
