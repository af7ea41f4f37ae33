// adds lock entries for optional platform packages that this registry could not serve
import { readFileSync, writeFileSync } from 'node:fs'

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')),
  P = lock.packages
let n = 0
const OS = [
    'android',
    'darwin',
    'linux',
    'win32',
    'freebsd',
    'openbsd',
    'netbsd',
    'sunos',
    'aix',
    'openharmony',
  ],
  CPU = [
    'arm64',
    'x64',
    'ia32',
    'riscv64',
    's390x',
    'ppc64',
    'loong64',
    'mips64el',
    'arm',
    'wasm32',
    'x32',
  ]
const find = (from, name) => {
  for (let p = from; ; p = p.slice(0, Math.max(0, p.lastIndexOf('/node_modules/')))) {
    const k = `${p ? `${p}/` : ''}node_modules/${name}`
    if (P[k]) return k
    if (!p) return null
  }
}
for (const [at, meta] of Object.entries(P))
  for (const [name, range] of Object.entries(meta.optionalDependencies ?? {})) {
    if (find(at, name)) continue
    const version = range.replace(/^[\^~=v]+/, '')
    const words = name.split(/[-/@.]/),
      os = OS.filter(
        (o) => words.includes(o) || (o === 'linux' && words.some((w) => w.startsWith('linux'))),
      ),
      cpu = CPU.filter((c) => words.includes(c))
    P[`node_modules/${name}`] = {
      version,
      ...(cpu.length ? { cpu } : {}),
      ...(meta.dev ? { dev: true } : {}),
      license: meta.license,
      optional: true,
      ...(words.includes('musl') || words.some((w) => w.endsWith('musl'))
        ? { libc: ['musl'] }
        : {}),
      ...(os.length ? { os } : { os: ['none'] }),
    }
    n++
  }
lock.packages = Object.fromEntries(Object.entries(P).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)
console.log('added', n)
