// The examples for pipelines, as their users run them: gate.sh in a Git repository of its own whose last commit adds
// a forbidden call, and docs/guide/ci.md followed to the letter in a copy of this tree.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { parseBaselineFile } from '../../core/baseline/file/parse.ts'
import { ROOT } from './run-command.ts'

const EXAMPLE = path.join(ROOT, 'docs/examples/ci')
const GUIDE = path.join(ROOT, 'docs/guide/ci.md')
/** What a clone has of which `npm run strayline` needs, copied; what set-up makes is linked. */
const COPIED = ['cli', 'core', 'docs', 'scripts', 'storage', 'telemetry', 'prisma', 'tools']
const COPIED_FILES = ['package.json', 'package-lock.json', '.npmrc', 'prisma.config.ts']
const LINKED = ['node_modules', 'generated']

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'strayline-pipeline-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a script with bash; the Node of this test comes first, as set-up would have it. */
function bash(script: string, cwd: string, variables: { readonly [name: string]: string } = {}) {
  const { PATH = '', HOME = '' } = process.env
  const env = { PATH: `${path.dirname(process.execPath)}:${PATH}`, HOME, ...variables }
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
    ...{ cwd, env: env as unknown as NodeJS.ProcessEnv, encoding: 'utf8' },
    timeout: 240_000,
  })
  return { status, stdout, stderr }
}

test('a pipeline passes a commit, and fails the next one, which adds a forbidden call', () => {
  const repository = path.join(folder, 'shop')
  cpSync(EXAMPLE, repository, { recursive: true })
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(repository, 'node_modules'))
  writeFileSync(path.join(repository, '.gitignore'), 'node_modules\ngate\n')
  const git = (command: string) => {
    const done = bash(`git -c user.name=ada -c user.email=ada@shop.example ${command}`, repository)
    expect(done.status, done.stderr).toBe(0)
  }
  const strayline = `${process.execPath} ${path.join(ROOT, 'cli/main.ts')}`
  const runPipeline = () =>
    bash('bash gate.sh node shop/test.mjs', repository, { STRAYLINE: strayline })
  git(
    'init -q && git add . && git -c user.name=ada -c user.email=ada@shop.example commit -q -m shop',
  )
  const passed = runPipeline()
  expect(passed.status, passed.stdout + passed.stderr).toBe(0)
  expect(passed.stdout).toContain('no drift in 5 edges of shop')

  const calls = path.join(repository, 'shop/calls.mjs')
  const before = readFileSync(calls, 'utf8')
  writeFileSync(calls, before.replace("['orders']", "['orders', 'database:billing']"))
  git('commit -q -a -m "gateway: read the bills"')
  const failed = runPipeline()
  expect(failed.status, failed.stdout + failed.stderr).toBe(1)
  const markdown = readFileSync(path.join(repository, 'gate/drift.md'), 'utf8')
  expect(markdown).toContain('## Strayline: 1 drift\n')
  const picture = /```mermaid\n([\s\S]*?)```/.exec(markdown)?.[1] ?? ''
  const [, source, target] = /(n\d+) --x\|"denied"\| (n\d+)/.exec(picture) ?? []
  expect(picture).toContain(`${source}("gateway")`)
  expect(picture).toContain(`${target}[("postgresql#58;billing<br>database")]`)
  const sarif = readFileSync(path.join(repository, 'gate/drift.sarif'), 'utf8')
  expect(sarif).toContain('"ruleId": "denied"')
  expect(readFileSync(path.join(repository, 'gate/drift.xml'), 'utf8')).toContain('failures="1"')

  git('checkout -q HEAD~1')
  expect(runPipeline().status).toBe(0)
}, 240_000)

test('who follows docs/guide/ci.md gets a passing, a failing and again a passing gate', () => {
  const clone = path.join(folder, 'clone')
  mkdirSync(clone)
  for (const name of [...COPIED, ...COPIED_FILES])
    cpSync(path.join(ROOT, name), path.join(clone, name), { recursive: true })
  for (const name of LINKED) symlinkSync(path.join(ROOT, name), path.join(clone, name))
  const guide = readFileSync(GUIDE, 'utf8')
  const blocks = [...guide.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '')
  expect(blocks).toHaveLength(4)
  // One shell, as a person has one; a mark after each block tells their output apart.
  const script = blocks.map((block) => `${block}\necho "== $?"`).join('\n')
  const { stdout, stderr } = bash(`set -u\n${script}`, clone)
  const [first = '', second = '', third = '', fourth = '', rest] = stdout.split(/^== 0$/m)
  expect(rest, stdout + stderr).toBe('\n')
  const promised = /```text\n(no drift in [^\n]*)\n/.exec(guide)?.[1]
  expect(first.trimEnd().split('\n').at(-1)).toBe(promised)
  expect(second).toContain('critical denied  orders -> database')
  expect(second).toContain('the gate says 1\n')
  expect(second).toMatch(/flowchart LR[\s\S]*--x\|"denied"\|/)
  expect(third.trimEnd().split('\n').at(-1)).toBe(promised)
  expect(fourth).toContain('trial/baseline.yaml -> trial/learned.yaml')
}, 300_000)

test('the example baseline names its schema, and every job runs the gate', () => {
  const text = readFileSync(path.join(EXAMPLE, 'baseline.yaml'), 'utf8')
  expect(parseBaselineFile(text).ok).toBe(true)
  const hint = /^# yaml-language-server: \$schema=(\S+)/.exec(text)?.[1] ?? ''
  const schema = JSON.parse(readFileSync(path.join(EXAMPLE, hint), 'utf8')) as { title: string }
  expect(schema.title).toBe('Strayline baseline')
  for (const file of ['strayline-gate.yml', 'strayline.gitlab-ci.yml']) {
    const job: unknown = parseYaml(readFileSync(path.join(EXAMPLE, file), 'utf8'))
    expect(JSON.stringify(job)).toContain('bash ci/gate.sh bash -c \\"$TESTS\\"')
  }
})
