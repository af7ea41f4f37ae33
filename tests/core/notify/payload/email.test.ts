// The HTML of an e-mail as a browser's parser sees it: whatever is in names, the elements are ours, nothing is
// fetched, links lead to us, and the text is there to be read.
import fc from 'fast-check'
import { type DefaultTreeAdapterTypes, parse } from 'parse5'
import { expect, test } from 'vitest'
import { alertOf, hostileNotice, LINKS, NOTICES, noticeOf, OUR_URLS, renderTo } from './notices.ts'

type Seen = {
  readonly elements: ReadonlySet<string>
  readonly attributes: ReadonlySet<string>
  readonly links: readonly string[]
  readonly styles: readonly string[]
  readonly text: string
}

function mailOf(notice: Parameters<typeof renderTo>[1]) {
  const mail = renderTo('email', notice)
  if (mail.via !== 'smtp') throw new Error(mail.via)
  return mail
}

function see(html: string): Seen {
  const problems: string[] = []
  const root = parse(html, { onParseError: ({ code }) => problems.push(code) })
  expect(problems).toEqual([])
  const elements = new Set<string>()
  const attributes = new Set<string>()
  const links: string[] = []
  const styles: string[] = []
  let text = ''
  const visit = (node: DefaultTreeAdapterTypes.Node, isStyle: boolean): void => {
    if (node.nodeName === '#text' && 'value' in node) {
      if (isStyle) styles.push(node.value)
      else text += node.value
    }
    if ('tagName' in node) {
      elements.add(node.tagName)
      for (const { name, value } of node.attrs) {
        attributes.add(name)
        if (name === 'href') links.push(value)
        if (name === 'style') styles.push(value)
      }
    }
    if ('childNodes' in node)
      for (const child of node.childNodes) visit(child, node.nodeName === 'style')
  }
  visit(root, false)
  return { elements, attributes, links, styles, text }
}

const ELEMENTS = new Set([
  ...['html', 'head', 'meta', 'title', 'style', 'body', 'div', 'h1', 'h2', 'p', 'a'],
  ...['table', 'tbody', 'tr', 'td', 'ul', 'li'],
])
const ATTRIBUTES = new Set([
  ...['lang', 'charset', 'name', 'content', 'style', 'class', 'href', 'role'],
  ...['cellpadding', 'cellspacing'],
])

test('hostile text is text: no element, attribute, link or address of its own', () => {
  const ours = new Set(Object.values(NOTICES).flatMap((notice) => see(mailOf(notice).html).styles))
  fc.assert(
    fc.property(hostileNotice, (notice) => {
      const mail = mailOf(notice)
      const seen = see(mail.html)
      expect([...seen.elements].filter((name) => !ELEMENTS.has(name))).toEqual([])
      expect([...seen.attributes].filter((name) => !ATTRIBUTES.has(name))).toEqual([])
      expect(seen.links.filter((url) => !OUR_URLS.test(url))).toEqual([])
      expect(seen.links.length).toBeGreaterThan(0)
      expect(seen.styles.filter((style) => !ours.has(style) && !/^max-width/.test(style))).toEqual(
        [],
      )
      const plain = mail.text.replaceAll(/https:\/\/strayline\.example\/\S+/g, '')
      // What mail programs make links of: a scheme, www, an address, a name with dots.
      for (const text of [seen.text, plain])
        expect(text).not.toMatch(/[a-z]:\/\/|www\.[a-z]|\w@\w|mailto:\w|evil\.example/i)
    }),
    { numRuns: 60, endOnFailure: true },
  )
})

test('what is strange in a name is there to be read', () => {
  const alert = alertOf({ summary: 'called <b>“evil.example”</b> & more', reasons: ['\u202eabc'] })
  const { text } = see(mailOf(noticeOf('open', { alert })).html)
  expect(text).toContain('called <b>“evil.\u2060example”</b> & more')
  expect(text).toContain('\ufffdabc')
})

test('nothing is fetched: no picture, font or sheet from anywhere', () => {
  for (const notice of Object.values(NOTICES)) {
    const { styles, links } = see(mailOf(notice).html)
    expect(styles.join('\n')).not.toMatch(/url\(|@import|@font-face|expression/i)
    expect(links.every((url) => url.startsWith(new URL(LINKS.routesUrl).origin))).toBe(true)
  }
})

test('the message id is the key, so that a repetition is one mail', () => {
  expect(mailOf(NOTICES.open!).messageId).toBe('<a17.40@shop.example>')
  expect(mailOf(NOTICES.open!)).toEqual(mailOf(NOTICES.open!))
})
