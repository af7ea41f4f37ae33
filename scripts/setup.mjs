// Brings a checkout into a state to run: packages, database client, dashboard build, browser; each only when
// its inputs changed. Plain JavaScript for whatever Node (>= 20) the machine has, without dependencies.
// Words: `build` also builds the dashboard, `browser` also looks for Chromium, `readers` for what the tests read
// our exports and backups with (Mermaid, Graphviz, PostgreSQL 15), `quiet` speaks only of work.
// A step's mark is removed before the step and written after it, so that a half-done step is done again;
// a lock file keeps two runs apart. Everything is said on stderr: stdout belongs to the command that follows.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findChromium, hasProgram } from './find-chromium.mjs'

const root = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..')
const words = new Set(process.argv.slice(2))
const bin = (name) => path.join(root, 'node_modules/.bin', name)
const startMs = Date.now()
const OR_CHROMIUM = ', or set CHROMIUM to its path'
const POSTGRES_15 = '/usr/lib/postgresql/15/bin/postgres'

const STEPS = [
  {
    name: 'packages',
    doing: 'installing packages (npm ci)',
    mark: 'node_modules/.strayline-installed',
    inputs: ['package-lock.json', '.npmrc'],
    isDone: agreesWithLock,
    run: installPackages,
  },
  {
    name: 'database client',
    doing: 'generating the database client',
    mark: 'generated/.strayline-generated',
    inputs: ['package-lock.json', 'prisma.config.ts', 'prisma/schema.prisma', 'tools'],
    run: () => runTool('prisma', ['generate']),
  },
  {
    name: 'dashboard',
    doing: 'building the dashboard (next build)',
    mark: '.next/.strayline-built',
    inputs: [
      ...['package.json', 'package-lock.json', 'tsconfig.json', 'prisma.config.ts', 'proxy.ts'],
      ...['next.config.js', 'postcss.config.mjs', 'prisma/schema.prisma'],
      ...['app', 'components', 'core', 'storage', 'telemetry', 'public'],
    ],
    isAsked: () => words.has('build'),
    run: () => runTool('next', ['build']),
  },
  {
    name: 'readers',
    doing: 'installing what reads our exports in the tests (npm ci)',
    mark: 'tests/readers/node_modules/.strayline-installed',
    inputs: ['tests/readers/package-lock.json'],
    isAsked: () => words.has('readers'),
    run: () => runNpmCi('tests/readers'),
  },
]

await main()

async function main() {
  const [major] = process.versions.node.split('.').map(Number)
  if (major < 20) fail(`Strayline needs Node 20 or newer to start; this is ${process.version}.`)
  process.chdir(root)
  const steps = STEPS.filter((step) => step.isAsked?.() ?? true)
  if (!steps.every(isCurrent)) await underLock(() => steps.forEach(bringUpToDate))
  prepareSystemPackages()
  if (!words.has('quiet')) say('ready')
}

function bringUpToDate(step) {
  if (isCurrent(step)) return
  const key = hashInputs(step.inputs)
  if (!step.isDone?.()) {
    say(step.doing)
    fs.rmSync(step.mark, { force: true })
    step.run()
  }
  fs.mkdirSync(path.dirname(step.mark), { recursive: true })
  fs.writeFileSync(step.mark, key)
}

function isCurrent(step) {
  return readText(step.mark) === hashInputs(step.inputs)
}

/** Hash of names and contents of all files at and below the inputs; a missing one counts as such. */
function hashInputs(inputs) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`)
  for (const file of inputs.flatMap(listFiles)) {
    hash.update(`${file}\0${fs.statSync(file).size}\0`).update(fs.readFileSync(file))
  }
  return hash.digest('hex')
}

function listFiles(input) {
  const stat = fs.statSync(input, { throwIfNoEntry: false })
  if (!stat) return []
  if (stat.isFile()) return [input]
  const names = fs.readdirSync(input).filter((name) => !name.startsWith('.'))
  return names.sort().flatMap((name) => listFiles(path.join(input, name)))
}

/**
 * Whether what is installed is what the lock says, as after `npm install` by hand: npm writes
 * node_modules/.package-lock.json last. Optional packages of other platforms are not installed.
 */
function agreesWithLock() {
  const wanted = readJson('package-lock.json')?.packages
  const installed = readJson('node_modules/.package-lock.json')?.packages
  if (!wanted || !installed || !fs.existsSync(bin('node'))) return false
  return Object.entries(wanted).every(([at, { version, integrity, optional }]) => {
    if (at === '') return true
    const found = installed[at]
    if (!found) return optional === true
    return found.version === version && found.integrity === integrity
  })
}

function installPackages() {
  runNpmCi('.')
  const version = spawnSync(bin('node'), ['--version'], { encoding: 'utf8' })
  if (version.status !== 0)
    fail(
      'npm ci left no Node at node_modules/.bin/node: are install scripts blocked on this machine?',
    )
}

function runNpmCi(folder) {
  // npm inside npm must not inherit the outer run's settings, nor its PATH to the folder it is about to replace.
  const env = environment()
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  env.PATH = folders.filter((folder) => !folder.endsWith('node_modules/.bin')).join(path.delimiter)
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  run('npm', args, env, folder)
}

function runTool(tool, args) {
  const env = { ...environment(), NODE_ENV: 'production' }
  env.PATH = path.dirname(bin(tool)) + path.delimiter + env.PATH
  // What is built must not depend on the settings of whoever happens to build it.
  for (const name of Object.keys(env)) if (/^STRAYLINE_|DATABASE_URL$/.test(name)) delete env[name]
  run(bin('node'), [bin(tool), ...args], env)
}

function environment() {
  const kept = /^npm_config_(cache|registry|userconfig|globalconfig|prefix)$/i
  const outer = Object.entries(process.env)
  const env = Object.fromEntries(outer.filter(([name]) => !/^npm_/i.test(name) || kept.test(name)))
  return {
    ...env,
    NEXT_TELEMETRY_DISABLED: '1',
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  }
}

/** Runs a command and shows what it printed only when it failed. */
function run(command, args, env, cwd = root) {
  const outcome = spawnSync(command, args, {
    env,
    cwd,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (outcome.status === 0) return
  process.stderr.write(`${outcome.stdout ?? ''}${outcome.stderr ?? ''}`)
  const why = outcome.error?.message ?? `exit ${outcome.status ?? outcome.signal}`
  fail(`${path.basename(command)} ${args.join(' ')} failed: ${why}.`)
}

/** Debian 12 packages it; elsewhere the test that restores into it says that it skips. */
function hasPostgres15() {
  const release = readText('/etc/os-release') ?? ''
  return /^ID=debian$/m.test(release) && /^VERSION_ID="12"$/m.test(release)
}

/** What the tests need from the system: installed by root on Debian, else asked for in words. */
function prepareSystemPackages() {
  const missing = [
    ...(words.has('browser') && !hasBrowser()
      ? [{ name: 'chromium', lacking: 'no browser for the end-to-end tests', orElse: OR_CHROMIUM }]
      : []),
    ...(words.has('readers') && !hasProgram('dot', process.env)
      ? [{ name: 'graphviz', lacking: 'no Graphviz, so that its test is skipped', orElse: '' }]
      : []),
    ...(words.has('readers') && !fs.existsSync(POSTGRES_15) && hasPostgres15()
      ? [{ name: 'postgresql-15', lacking: 'no PostgreSQL 15 of Debian', orElse: '' }]
      : []),
  ]
  if (missing.length === 0) return
  const isDebian = /^ID=debian$/m.test(readText('/etc/os-release') ?? '')
  const names = missing.map(({ name }) => name)
  if (!isDebian || process.getuid?.() !== 0) {
    for (const { name, lacking, orElse } of missing) {
      const how = isDebian ? `run \`apt-get install ${name}\` as root` : `install ${name}`
      say(`${lacking}: ${how}${orElse}.`)
    }
    return
  }
  say(`installing ${names.join(', ')} (apt-get)`)
  const env = { ...environment(), DEBIAN_FRONTEND: 'noninteractive' }
  run('apt-get', ['update', '-q'], env)
  run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...names], env)
}

/** A CHROMIUM that names no executable file is said, and nothing is installed instead. */
function hasBrowser() {
  if (findChromium(process.env)) return true
  if (!process.env.CHROMIUM) return false
  say(`CHROMIUM=${process.env.CHROMIUM} is no executable file.`)
  return true
}

async function underLock(work) {
  const lock = '.strayline-setup.lock'
  for (let waits = 0; !tryLock(lock); waits++) {
    if (waits === 0) say('another setup is running here; waiting for it')
    await sleep(200)
  }
  const release = () => {
    if (readText(lock) === String(process.pid)) fs.rmSync(lock, { force: true })
  }
  process.once('exit', release)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1))
  work()
  release()
}

function tryLock(lock) {
  try {
    fs.writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  const holder = readText(lock)
  if (holder === undefined) return false
  const ageMs = Date.now() - (fs.statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
  if (holder === '' ? ageMs < 5000 : isSetupRunning(Number(holder))) return false
  if (readText(lock) === holder) fs.rmSync(lock, { force: true })
  return false
}

/** Whether the process is alive and, where the system tells, still one of ours. */
function isSetupRunning(pid) {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
  const command = readText(`/proc/${pid}/cmdline`)
  return command === undefined || command.includes('setup.mjs')
}

function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(error.code)) return undefined
    throw error
  }
}

function readJson(file) {
  const text = readText(file)
  return text === undefined ? undefined : JSON.parse(text)
}

function say(sentence) {
  const seconds = ((Date.now() - startMs) / 1000).toFixed(1)
  console.error(`setup (${seconds} s): ${sentence}`)
}

function fail(sentence) {
  say(sentence)
  process.exit(1)
}
