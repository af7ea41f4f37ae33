#!/usr/bin/env node
// Stand-in for Prisma's native schema-engine (its download host may be unreachable):
// same JSON-RPC over stdio, run by @prisma/schema-engine-wasm + @prisma/adapter-pg, both from npm.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import * as bg from '@prisma/schema-engine-wasm/schema_engine_bg'
import pg from 'pg'

globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (m) => console.error(m) } // without it a wasm panic kills us silently
const require = createRequire(import.meta.url)
const wasmPath = path.join(
  path.dirname(require.resolve('@prisma/schema-engine-wasm')),
  'schema_engine_bg.wasm',
)
const { instance } = await WebAssembly.instantiate(readFileSync(wasmPath), {
  './schema_engine_bg.js': bg,
})
bg.__wbg_set_wasm(instance.exports)
instance.exports.__wbindgen_start()

const argv = process.argv.slice(2)
const opt = (n) => argv.flatMap((a, i) => (a === n ? [argv[i + 1]] : []))
if (argv.includes('--version')) {
  console.log(`schema-engine-cli ${require('@prisma/engines-version').enginesVersion}`)
  process.exit(0)
}
const ds = JSON.parse(opt('--datasource')[0] ?? '{}')
const url = ds.url,
  shadow = ds.shadowDatabaseUrl

const cli = argv.indexOf('cli')
if (cli >= 0) {
  const cmd = argv[cli + 1]
  const fail = (code, message) => {
    console.error(
      '\n' +
        JSON.stringify({
          level: 'ERROR',
          target: 'schema_engine::logger',
          fields: { is_panic: false, error_code: code, message },
        }),
    )
    process.exit(1)
  }
  const u = new URL(url),
    db = decodeURIComponent(u.pathname.slice(1))
  try {
    if (cmd === 'can-connect-to-database') {
      const c = new pg.Client({ connectionString: url })
      await c.connect()
      await c.end()
      process.exit(0)
    }
    u.pathname = '/postgres'
    const c = new pg.Client({ connectionString: u.href })
    await c.connect()
    const q = `"${db.replaceAll('"', '""')}"`
    if (cmd === 'create-database') await c.query(`create database ${q}`)
    if (cmd === 'drop-database') await c.query(`drop database if exists ${q} with (force)`)
    await c.end()
    process.exit(0)
  } catch (e) {
    fail(
      e.code === '3D000' ? 'P1003' : e.code === 'ECONNREFUSED' ? 'P1001' : 'P1010',
      `${e.message} (${cmd})`,
    )
  }
}

// adapter-pg has no mapping for the catalog's one-byte "char" type (oid 18): report it as Character.
function teachChar(conn) {
  const proto = Object.getPrototypeOf(Object.getPrototypeOf(conn))
  if (proto.knowsChar) return conn
  proto.knowsChar = true
  const { performIO, queryRaw } = proto,
    seen = new WeakMap()
  proto.performIO = async function (q) {
    const r = await performIO.call(this, q),
      at = []
    r.fields?.forEach((f, i) => {
      if (f.dataTypeID === 18) {
        f.dataTypeID = 25
        at.push(i)
      }
    })
    seen.set(q, at)
    return r
  }
  proto.queryRaw = async function (q) {
    const r = await queryRaw.call(this, q)
    for (const i of seen.get(q) ?? []) r.columnTypes[i] = ColumnTypeEnum.Character
    return r
  }
  // adapter-pg splits scripts at every ';', which breaks $$-quoted bodies; Postgres takes the whole script at once
  Object.getPrototypeOf(conn).executeScript = async function (script) {
    try {
      await this.client.query(script)
    } catch (e) {
      this.onError(e)
    }
  }
  return conn
}
// discrete fields, not connectionString: adapter-pg names its shadow database in `database`, which a connectionString would override
const parts = (u) => {
  const { host, port, user, password, database } = new pg.Client({ connectionString: u })
  return { host, port, user, password: password ?? undefined, database }
}
class Adapter extends PrismaPg {
  async connect() {
    return teachChar(await super.connect())
  }
  // adapter-pg 7.10's own drops the shadow database before closing its pool, which Postgres refuses
  async connectToShadowDb() {
    const database = shadow ? undefined : `prisma_shadow_${process.pid}_${Date.now().toString(36)}`
    const admin = shadow ? undefined : new pg.Client({ connectionString: url })
    if (admin) {
      await admin.connect()
      await admin.query(`create database "${database}"`)
    }
    const conn = teachChar(
      await new PrismaPg(shadow ? parts(shadow) : { ...parts(url), database }).connect(),
    )
    const dispose = conn.dispose.bind(conn)
    conn.dispose = async () => {
      await dispose()
      if (admin) {
        await admin.query(`drop database if exists "${database}" with (force)`)
        await admin.end()
      }
    }
    return conn
  }
}
const factory = url
  ? bindMigrationAwareSqlAdapterFactory(new Adapter(parts(url)))
  : bindMigrationAwareSqlAdapterFactory(new Adapter({ connectionString: 'postgres://none' }))
const datamodels = opt('--datamodels').map((f) => [f, readFileSync(f, 'utf8')])
const newEngine = () =>
  bg.SchemaEngine.new({ datamodels: datamodels.length ? datamodels : undefined }, () => {}, factory)

for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue
  const { id, method, params } = JSON.parse(line)
  if (!method) continue // the CLI's acknowledgement of a 'print'
  try {
    const engine = await newEngine() // one per call: the wasm engine loses its shadow-database factory after applyMigrations
    // these two find the shadow-database factory only after a devDiagnostic on the same engine
    if (method === 'evaluateDataLoss' || method === 'createMigration')
      await engine.devDiagnostic({ migrationsList: params.migrationsList, filters: params.filters })
    const r =
      method === 'getDatabaseVersion' ? await engine.version(params) : await engine[method](params)
    if (method === 'diff' && r.stdout != null)
      process.stdout.write(
        `${JSON.stringify({
          jsonrpc: '2.0',
          id: `p${id}`,
          method: 'print',
          params: { content: r.stdout },
        })}\n`,
      )
    process.stdout.write(
      `${JSON.stringify({ jsonrpc: '2.0', id, result: r ?? {} }, (_, v) =>
        typeof v === 'bigint' ? Number(v) : v,
      )}\n`,
    )
  } catch (e) {
    const captured = factory.errorRegistry?.consumeError?.(e.id ?? 0)?.error
    const msg = e?.message ?? String(e)
    process.stdout.write(
      `${JSON.stringify({
        jsonrpc: '2.0',
        id,
        error: {
          code: 4466,
          message: 'An error happened. Check the data field for details.',
          data: {
            is_panic: false,
            message: msg + (captured ? ` (${captured.message ?? captured})` : ''),
            meta: e?.meta ?? null,
            error_code: e?.code ?? e?.error_code ?? null,
          },
        },
      })}\n`,
    )
  }
}
process.exit(0)
