// CSV, DOT, Mermaid and SVG: known bytes for a small graph, equal bytes whatever the order, and hostile names
// that stay names. DOT is read by Graphviz and CSV by a parser of others, where set-up has installed them;
// SVG and Mermaid are drawn in tests/e2e/exports.spec.ts.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { DOMParser } from '@xmldom/xmldom'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { layOutDrawing } from '../../../cli/graph-layout.ts'
import { exportCsv } from '../../../core/export/csv.ts'
import { exportDot } from '../../../core/export/dot.ts'
import { planDrawing } from '../../../core/export/drawing.ts'
import { exportJson } from '../../../core/export/json.ts'
import { exportMermaid } from '../../../core/export/mermaid.ts'
import { exportSvg } from '../../../core/export/svg.ts'
import type { Graph } from '../../../core/graph/graph.ts'
import { HOSTILE_NAMES, hostileGraph, SMALL, shuffled } from './graphs.ts'

const GOLDEN = path.join(import.meta.dirname, '../../golden')
const NAMES = HOSTILE_NAMES.map((name) => name.toWellFormed())

async function drawSvg(graph: Graph): Promise<string> {
  const drawing = planDrawing(graph)
  const title = { source: 'small.json', details: [] }
  return exportSvg({ drawing, layout: await layOutDrawing(drawing), title })
}

const FORMATS: readonly (readonly [string, (graph: Graph) => string | Promise<string>])[] = [
  ['csv', exportCsv],
  ['dot', exportDot],
  ['mmd', exportMermaid],
  ['svg', drawSvg],
]

test.each(FORMATS)('%s of the small graph is its golden file', async (extension, render) => {
  const golden = readFileSync(path.join(GOLDEN, `small.${extension}`), 'utf8')
  expect(await render(SMALL)).toBe(golden)
})

test.each(FORMATS)('%s does not depend on the order of nodes and edges', async (_, render) => {
  for (const graph of [SMALL, hostileGraph()]) {
    const wanted = await render(graph)
    for (const seed of [1, 7]) expect(await render(shuffled(graph, seed))).toBe(wanted)
  }
})

test.each(FORMATS)('%s of an empty graph is still a document', async (_, render) => {
  expect(await render({ nodes: [], edges: [] })).not.toBe('')
})

test('CSV gives every cell back, and no cell starts a formula', () => {
  const [header = [], ...rows] = parseCsv(exportCsv(hostileGraph()))
  const at = header.indexOf('target_name')
  expect(rows).toHaveLength(NAMES.length)
  for (const row of rows) {
    expect(row).toHaveLength(header.length)
    for (const cell of row) expect(cell).not.toMatch(/^[=+\-@\t\r＝＋－＠]/)
  }
  expect(rows.map((row) => row[at]?.replace(/^'(?=[=+\-@\t\r＝＋－＠])/, '')).sort()).toEqual(
    NAMES.toSorted(),
  )
})

const READERS = path.join(import.meta.dirname, '../../readers/package.json')
const Parsed = z.object({ data: z.array(z.array(z.string())), errors: z.array(z.unknown()) })

test.skipIf(!existsSync(path.join(READERS, '../node_modules')))(
  'CSV is read by Papa Parse as it is read by the letter of RFC 4180 (needs tests/readers)',
  () => {
    const papa = createRequire(READERS)('papaparse') as { parse: (text: string) => unknown }
    const text = exportCsv(hostileGraph())
    const { data, errors } = Parsed.parse(papa.parse(text))
    expect(errors).toEqual([])
    expect(data).toEqual([...parseCsv(text), ['']])
  },
)

test('JSON gives every name back, to the last bit', () => {
  const Name = z.object({ name: z.string() })
  const read = z.object({ nodes: z.array(Name), edges: z.array(z.object({ target: Name })) })
  const { nodes, edges } = read.parse(JSON.parse(exportJson(hostileGraph(), { accepted: 1 })))
  expect(nodes.map(({ name }) => name).sort()).toEqual(['hub', ...HOSTILE_NAMES].sort())
  expect(edges.map(({ target }) => target.name).sort()).toEqual(HOSTILE_NAMES.toSorted())
})

test('SVG of hostile names is well-formed XML and holds every name', async () => {
  const text = await drawSvg(hostileGraph())
  expect(text).not.toMatch(/[^\P{Cc}\n]|[\ufffe\uffff]/u)
  const document = parseXml(text)
  const groups = [...document.getElementsByTagName('g')].filter((each) => each.hasAttribute('id'))
  const titles = groups.map((group) => group.getElementsByTagName('title')[0]?.textContent ?? '')
  const legal = (name: string) => name.replace(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, '\ufffd')
  expect(titles.sort()).toEqual(['hub', ...NAMES.map(legal)].sort())
  for (const word of ['script', 'b', 'foreignObject', 'image', 'a', 'style'])
    expect([...document.getElementsByTagName(word)]).toEqual([])
})

test('the XML parser of these tests refuses what is not well-formed', () => {
  for (const bad of ['<a>', '<a b="<"/>', '<a>&nbsp;</a>', '<a/><b/>', '<a b=1/>'])
    expect(() => parseXml(bad), bad).toThrow()
})

test('Mermaid of hostile names has one known form a line', () => {
  const label = /"(?:[\p{L}\p{N} .,/\ufffd-]|#\w+;|<br>)*"/u.source
  const shape = `(\\(${label}\\)|\\[\\(${label}\\)\\]|\\[\\[${label}\\]\\]|\\{\\{${label}\\}\\}|\\(\\[${label}\\]\\))`
  const line = new RegExp(`^ {2}(n\\d+${shape}|n\\d+ (-->|-\\.->)\\|${label}\\| n\\d+)$`, 'u')
  const [first, ...lines] = exportMermaid(hostileGraph()).trimEnd().split('\n')
  expect(first).toBe('flowchart LR')
  expect(lines).toHaveLength(2 * NAMES.length + 1)
  for (const each of lines) expect(each).toMatch(line)
})

test('DOT of hostile names has one known form a line', () => {
  const label = /"(?:[^"\\\p{Cc}\p{Cf}]|\\\\|\\"|\\n)*"/u.source
  const line = new RegExp(
    `^ {2}"n\\d+"( -> "n\\d+")? \\[label=${label}[^"]*("rounded,filled")?\\]$`,
    'u',
  )
  const lines = exportDot(hostileGraph()).trimEnd().split('\n').slice(4, -1)
  expect(lines).toHaveLength(2 * NAMES.length + 1)
  for (const each of lines) expect(each).toMatch(line)
})

const hasGraphviz = spawnSync('dot', ['-V']).error === undefined

test.skipIf(!hasGraphviz)('DOT of hostile names renders with Graphviz (needs dot)', () => {
  const { status, stderr, stdout } = spawnSync('dot', ['-Tsvg'], {
    input: exportDot(hostileGraph()),
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(parseXml(stdout).getElementsByTagName('g').length).toBeGreaterThan(NAMES.length)
})

function parseXml(text: string) {
  const onError = (level: string, message: string) => {
    if (level === 'warning' && message.startsWith('Unicode replacement character')) return
    throw new Error(`${level}: ${message}`)
  }
  return new DOMParser({ onError }).parseFromString(text, 'text/xml')
}

/** RFC 4180, strictly: what is not in its grammar throws. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy
  for (let row: string[] = []; field.lastIndex < text.length; ) {
    const match = field.exec(text)
    if (!match) throw new Error('no field of RFC 4180')
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    if (match[3] === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}
