// For Prisma's own commands, in development only: the product applies migrations itself (storage/migrate.ts).
import path from 'node:path'
import { defineConfig } from 'prisma/config'

// Prisma's own schema-engine binary is a download; ours runs the same engine compiled to wasm, from npm.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= path.join(
  import.meta.dirname,
  'tools/schema-engine.mjs',
)
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: {
    url: process.env.DATABASE_URL ?? 'postgres://app@127.0.0.1:5432/app',
    ...(process.env.SHADOW_DATABASE_URL
      ? { shadowDatabaseUrl: process.env.SHADOW_DATABASE_URL }
      : {}),
  },
})
