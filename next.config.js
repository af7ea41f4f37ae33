// Next's settings. Types are checked by `npm run check` over the whole tree, so the build does not
// check them again; nothing is fetched at build or run time.
/** @type {import('next').NextConfig} */
const config = {
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  poweredByHeader: false,
  typescript: { ignoreBuildErrors: true },
  // A page loads its code when it is first asked for: loading all of it took an eighth of the start.
  experimental: {
    authInterrupts: true,
    preloadEntriesOnStart: false,
    // What a body may have at all, because proxy.ts stands before every route; each route has its own limit,
    // the largest being that of a baseline (app/contract/routes/baselines.ts).
    proxyClientMaxBodySize: '17mb',
  },
  serverExternalPackages: [
    'pg',
    '@prisma/client',
    '@prisma/adapter-pg',
    'postgres',
    'graphile-worker',
    'better-auth',
  ],
}
export default config
