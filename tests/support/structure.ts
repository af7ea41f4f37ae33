// The checker behind structure.test.ts: who may import whom, and the habits that can be seen in text.
// A function of files and their text, so that it runs on the tree and on fixtures that break one rule each.
// Source: DESIGN section 8, STYLE sections 3 to 5.
import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import path from 'node:path'
import { codeOnly, headerOf } from './source-text.ts'

/** Text by path relative to the root, with forward slashes. */
export type Tree = ReadonlyMap<string, string>
export type Finding = { readonly file: string; readonly rule: string; readonly detail: string }

/** Our folders that each folder may import from, besides itself. Root files count as `.`. */
const ARROWS: { readonly [folder: string]: readonly string[] } = {
  core: [],
  telemetry: ['core'],
  storage: ['core', 'generated', 'telemetry'],
  collector: ['core', 'storage', 'telemetry'],
  notify: ['core', 'storage', 'telemetry'],
  cli: ['core', 'storage'],
  components: ['core'],
  app: ['components', 'storage', 'telemetry', 'core'],
  tests: [
    'core',
    'storage',
    'telemetry',
    'collector',
    'notify',
    'cli',
    'components',
    'app',
    'scripts',
    '.',
  ],
  scripts: [],
  tools: [],
  '.': ['scripts'],
}
/** Pure packages that core may use: no I/O, no clock, they run in the browser too. */
const CORE_PACKAGES: ReadonlySet<string> = new Set([
  ...['mustache', 'temporal-polyfill', 'tldts', 'yaml', 'zod'],
])
/** Files that Next finds by name and wants a default export from. */
const NEXT_FILES =
  /^app\/(.*\/)?(page|layout|loading|error|global-error|not-found|forbidden|unauthorized|template|default|icon)\.tsx?$/
const CONFIG_FILE = /(^|\/)([\w-]+\.)?config\.(ts|js|mjs)$/
const LINES_MAX = 300
const IGNORED: ReadonlySet<string> = new Set([
  ...['node_modules', '.git', '.next', '.strayline', 'generated', 'test-results', 'fixtures'],
])

/** Reads all text files of ours below a folder. */
export function readTree(root: string, below = ''): Tree {
  const tree = new Map<string, string>()
  for (const entry of readdirSync(path.join(root, below), { withFileTypes: true })) {
    const at = path.posix.join(below, entry.name)
    if (IGNORED.has(entry.name)) continue
    if (entry.isDirectory()) for (const [file, text] of readTree(root, at)) tree.set(file, text)
    else if (entry.isFile() && isOurText(entry.name))
      tree.set(at, readFileSync(path.join(root, at), 'utf8'))
  }
  return tree
}

function isOurText(name: string): boolean {
  if (name === 'next-env.d.ts' || name.endsWith('.tsbuildinfo')) return false
  return /\.(tsx?|m?js|css|json|md|ya?ml|prisma|sql|sh)$|^(run|\.npmrc|\.env\.example)$/.test(name)
}

/** Everything that is wrong, in the order of the files. An empty list is a clean tree. */
export function checkStructure(tree: Tree): Finding[] {
  const findings: Finding[] = []
  for (const [file, text] of tree) {
    const report = (rule: string, detail: string) => findings.push({ file, rule, detail })
    checkPlaces(file, text, report)
    if (!/\.(tsx?|m?js)$/.test(file)) continue
    const source = { file, text, code: codeOnly(text) }
    checkImports(source, report)
    checkHabits(source, report)
    if (isClientFile(text)) checkClientReach(file, tree, report)
  }
  return findings
}

type Report = (rule: string, detail: string) => void
type Source = { readonly file: string; readonly text: string; readonly code: string }

/** Names of one person's machine or of a package host make a checkout depend on it. */
function checkPlaces(file: string, text: string, report: Report): void {
  const place = /(?:^|[\s'"`(=:])(\/(?:home|root|Users|work|workspace)\/[\w.-]+)/m.exec(text)
  if (place) report('machine path', String(place[1]))
  const host = /\bregistry\.[a-z0-9-]+\.[a-z]|\bnpmjs\.(?:org|com)|"resolved":\s"http/.exec(text)
  if (host) report('package host', host[0])
  if (/(^|\/)(utils|lib|helpers)\//.test(file)) report('drawer', path.posix.dirname(file))
}

function checkImports({ file, text }: Source, report: Report): void {
  const from = folderOf(file)
  for (const { specifier, isOurs, to } of importsOf(file, text)) {
    if (!isOurs) {
      if (from === 'core' && isBuiltin(specifier)) report('core is pure', specifier)
      else if (from === 'core' && !CORE_PACKAGES.has(packageOf(specifier)))
        report('core is pure', specifier)
      continue
    }
    const target = folderOf(to)
    if (target !== from && !(ARROWS[from] ?? []).includes(target))
      report('arrow', `${from} -> ${target} (${specifier})`)
  }
}

type Import = {
  readonly specifier: string
  readonly isOurs: boolean
  /** Path of the imported file, when it is ours. */
  readonly to: string
  /** Erased before it runs. */
  readonly isTypeOnly: boolean
}

/** Static and dynamic imports, re-exports, and files named by `new URL(..., import.meta.url)`. */
function importsOf(file: string, text: string): Import[] {
  const shapes = [
    /^\s*(?:import|export)\s+(type\s)?[^'"`;()]*?from\s+['"]([^'"]+)['"]/gm,
    /^\s*import\s+()['"]([^'"]+)['"]/gm,
    /\bimport\(\s*()['"]([^'"]+)['"]/g,
    /\bnew URL\(\s*()['"](\.[^'"]+)['"],\s*import\.meta\.url/g,
  ]
  const matches = shapes.flatMap((shape) => [...text.matchAll(shape)])
  return matches.map((match) => {
    const specifier = match[2] ?? ''
    const isOurs = specifier.startsWith('.')
    const to = isOurs ? path.posix.join(path.posix.dirname(file), specifier) : specifier
    return { specifier, isOurs, to, isTypeOnly: Boolean(match[1]) }
  })
}

/** The first folder of a path; proxy.ts at the root is Next's, so it counts as app. */
function folderOf(file: string): string {
  if (file === 'proxy.ts') return 'app'
  const [first, ...rest] = file.split('/')
  return rest.length === 0 ? '.' : (first ?? '.')
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function checkHabits({ file, text, code }: Source, report: Report): void {
  const header = headerOf(text)
  if (header === '') report('header', 'a file starts with a comment that says what it is')
  const lines = text.split('\n').length - 1
  if (lines > LINES_MAX && !/Length:/.test(header)) report('length', `${lines} lines`)
  if (/(?::|\bas|<|\||&)\s*any\b(?!\s*[(:=])/.test(code)) report('banned word', 'any')
  if (/\.unsafe\(/.test(code) && file !== 'storage/migrate.ts') report('banned word', '.unsafe(')
  if (readsEnvironment(code) && !mayReadEnvironment(file)) report('banned word', 'process.env')
  if (/^export default\b/m.test(code) && !mayExportDefault(file)) report('default export', file)
  if (/(^|\/)index\.tsx?$/.test(file)) report('barrel', file)
}

/** Setting a variable for a library is not reading a setting. */
function readsEnvironment(code: string): boolean {
  return /(?<!Object\.assign\()\bprocess\.env\b(?!\.\w+\s*\??=[^=])/.test(code)
}

function mayReadEnvironment(file: string): boolean {
  return CONFIG_FILE.test(file) || ['tests', 'scripts', 'tools'].includes(folderOf(file))
}

function mayExportDefault(file: string): boolean {
  return CONFIG_FILE.test(file) || NEXT_FILES.test(file) || file === 'proxy.ts'
}

function isClientFile(text: string): boolean {
  return /^['"]use client['"]/m.test(text)
}

/** What a browser file imports, and what that imports, must not be storage; server actions end the way. */
function checkClientReach(start: string, tree: Tree, report: Report): void {
  const seen = new Set([start])
  const queue = [start]
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    const text = tree.get(file) ?? ''
    if (file !== start && /^['"]use server['"]/m.test(text)) continue
    for (const { isOurs, isTypeOnly, to } of importsOf(file, text)) {
      if (!isOurs || seen.has(to) || (isTypeOnly && file !== start)) continue
      seen.add(to)
      if (['storage', 'generated'].includes(folderOf(to)))
        report('client reaches storage', `${file} -> ${to}`)
      else queue.push(to)
    }
  }
}
