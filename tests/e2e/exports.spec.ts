// Exports as those who get them see them: the SVG opened in a browser, the Mermaid text drawn by Mermaid itself.
// The names in them are hostile; whatever they try, they stay names. Mermaid comes from tests/readers, which
// set-up installs for the tests alone.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, type Page, test } from '@playwright/test'
import { layOutDrawing } from '../../cli/graph-layout.ts'
import { planDrawing } from '../../core/export/drawing.ts'
import { exportMermaid } from '../../core/export/mermaid.ts'
import { exportMermaidDiff } from '../../core/export/mermaid-diff.ts'
import { exportSvg } from '../../core/export/svg.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { displayName } from '../../core/graph/label.ts'
import { nodeId } from '../../core/graph/node.ts'
import { HOSTILE_NAMES, hostileGraph, SMALL } from '../core/export/graphs.ts'

const MERMAID = path.join(
  import.meta.dirname,
  '../readers/node_modules/mermaid/dist/mermaid.min.js',
)
/** Mermaid refuses longer texts unless told otherwise; names of 10 kB make one. */
const MERMAID_CHARS_MAX = 10_000_000
/** What may stand under a name. */
const CAPTIONS = ['', 'database', 'messaging', 'external']

type Mermaid = {
  readonly initialize: (settings: object) => void
  readonly parse: (text: string) => Promise<{ readonly diagramType: string }>
  readonly render: (id: string, text: string) => Promise<{ readonly svg: string }>
}
type WithMermaid = typeof globalThis & { readonly mermaid: Mermaid }

async function drawSvg(graph: Graph): Promise<string> {
  const drawing = planDrawing(graph)
  const title = { source: 'capture.json', details: [] }
  return exportSvg({ drawing, layout: await layOutDrawing(drawing), title })
}

test('the SVG of hostile names is drawn, runs nothing and asks for nothing', async ({ page }) => {
  const asked = watchPage(page)
  const folder = mkdtempSync(path.join(tmpdir(), 'strayline-exports-'))
  try {
    const file = path.join(folder, 'graph.svg')
    writeFileSync(file, await drawSvg(hostileGraph()))
    const address = pathToFileURL(file).href
    await page.goto(address)
    const drawn = await page.evaluate(() => ({
      root: document.documentElement.localName,
      errors: document.querySelectorAll('parsererror').length,
      nodes: document.querySelectorAll('g[id^=n] > title').length,
      lost: [...document.querySelectorAll('text')].filter(
        (text) => text.getBoundingClientRect().width === 0,
      ).length,
      isHacked: 'hacked' in window,
    }))
    const nodes = HOSTILE_NAMES.length + 1
    expect(drawn).toEqual({ root: 'svg', errors: 0, nodes, lost: 0, isHacked: false })
    const picture = await page.screenshot()
    await page.goto('about:blank')
    expect(await countInk(page, picture)).toBeGreaterThan(5_000)
    expect(asked).toEqual([address])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('Mermaid parses and draws hostile names as names (needs tests/readers)', async ({ page }) => {
  test.skip(!existsSync(MERMAID), 'node scripts/setup.mjs readers')
  test.setTimeout(180_000)
  const asked = watchPage(page)
  await openMermaid(page, { maxTextSize: MERMAID_CHARS_MAX })
  const text = exportMermaid(hostileGraph())
  expect(await parse(page, text)).toBe('flowchart-v2')
  const labels = await drawLabels(page, text)
  expect(labels).toHaveLength(HOSTILE_NAMES.length + 1)
  const shown = new Set(labels.map(squeeze))
  const isShown = (name: string) => CAPTIONS.some((caption) => shown.has(squeeze(name) + caption))
  const lost = HOSTILE_NAMES.filter((name) => !isShown(name))
  expect(lost.map((name) => JSON.stringify(name).slice(0, 80))).toEqual([])
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
  expect(asked).toEqual([])
})

test('Mermaid as it comes takes a usual graph (needs tests/readers)', async ({ page }) => {
  test.skip(!existsSync(MERMAID), 'node scripts/setup.mjs readers')
  await openMermaid(page, {})
  expect(await parse(page, exportMermaid(SMALL))).toBe('flowchart-v2')
  // What is no diagram is refused, so that the parse above means something.
  await expect(parse(page, 'flowchart LR\n  a[')).rejects.toThrow()
})

test('Mermaid draws changed edges with the names as they are (needs tests/readers)', async ({
  page,
}) => {
  test.skip(!existsSync(MERMAID), 'node scripts/setup.mjs readers')
  const asked = watchPage(page)
  await openMermaid(page, { maxTextSize: MERMAID_CHARS_MAX })
  const marks = ['added', 'removed', 'denied', 'changed'] as const
  const edges = hostileGraph().edges.map(({ source, target }, at) => {
    const mark = marks[at % marks.length]!
    return { source, target, mark, label: mark }
  })
  const drawn = edges.slice(0, 100)
  const text = exportMermaidDiff(drawn) ?? ''
  expect(await parse(page, text)).toBe('flowchart-v2')
  const labels = await drawLabels(page, text)
  const ends = new Set(drawn.flatMap(({ source, target }) => [source, target].map(nodeId)))
  expect(labels).toHaveLength(ends.size)
  // One of them as it comes, without a longer limit.
  await openMermaid(page, {})
  expect(await parse(page, exportMermaidDiff(edges.slice(0, 4)) ?? '')).toBe('flowchart-v2')
  expect(asked).toEqual([])
})

/** Every address that is asked for; a dialog or an error of the page fails the test. */
function watchPage(page: Page): readonly string[] {
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  page.on('dialog', (dialog) => {
    throw new Error(`a name opened a dialog: ${dialog.message()}`)
  })
  page.on('pageerror', (error) => {
    throw error
  })
  return asked
}

async function openMermaid(page: Page, settings: object): Promise<void> {
  await page.goto('about:blank')
  await page.addScriptTag({ path: MERMAID })
  await page.evaluate((more) => {
    ;(globalThis as WithMermaid).mermaid.initialize({ startOnLoad: false, ...more })
  }, settings)
}

/** The kind of diagram. Errors: rejects with what Mermaid says. */
function parse(page: Page, text: string): Promise<string> {
  return page.evaluate(
    async (given) => (await (globalThis as WithMermaid).mermaid.parse(given)).diagramType,
    text,
  )
}

/** Draws the text and gives the label of each node. */
function drawLabels(page: Page, text: string): Promise<string[]> {
  return page.evaluate(async (given) => {
    const { svg } = await (globalThis as WithMermaid).mermaid.render('drawing', given)
    const holder = document.createElement('div')
    holder.innerHTML = svg
    document.body.append(holder)
    return [...holder.querySelectorAll('.node')].map((node) => node.textContent ?? '')
  }, text)
}

/** Pixels that are not white. */
function countInk(page: Page, png: Buffer): Promise<number> {
  return page.evaluate(async (base64) => {
    const picture = new Image()
    picture.src = `data:image/png;base64,${base64}`
    await picture.decode()
    const canvas = document.createElement('canvas')
    canvas.width = picture.width
    canvas.height = picture.height
    const context = canvas.getContext('2d')
    context?.drawImage(picture, 0, 0)
    const { data } = context?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] }
    let ink = 0
    for (let at = 0; at < data.length; at += 4) if ((data[at] ?? 255) < 200) ink++
    return ink
  }, png.toString('base64'))
}

/** As two texts can be compared that were laid out: without white space and what cannot be seen. */
function squeeze(name: string): string {
  return displayName(name.toWellFormed()).replace(/[\s\ufffd-\uffff\u2423]/gu, '')
}
