// Queries worth knowing, for the help and the guide; a test sees that each parses.

export type FindExample = { readonly query: string; readonly means: string }

export const FIND_EXAMPLES: readonly FindExample[] = [
  { query: 'cart', means: 'nodes and edges with cart in their names' },
  { query: 'new', means: 'what the baseline does not hold' },
  { query: 'new and firstseen < 24h', means: 'what is new and appeared within a day' },
  { query: 'changed or rejected', means: 'known edges that do something else, and rejected ones' },
  { query: 'kind = external', means: 'hosts outside' },
  {
    query: 'target.kind = external and source.owner = none',
    means: 'calls to the outside by services without an owner',
  },
  { query: 'reachedby(class = pii)', means: 'all that can reach personal data' },
  { query: 'path(kind = user, kind = database)', means: 'all ways from users to databases' },
  {
    query: 'reach(name = cart)',
    means: 'all that cart can reach: what is hit when it is broken into',
  },
  {
    query: 'tls = no and not target.namespace = monitoring',
    means: 'edges in the clear, but those to monitoring',
  },
  { query: '%error > 5 or p95 > 500ms', means: 'edges that fail or are slow' },
  { query: 'virtual or onesided', means: 'what is known from one side only' },
  { query: 'operation ~ export', means: 'edges over which an export is called' },
  { query: 'has unknowncallers', means: 'services with requests from nobody knows whom' },
  { query: 'in = 0 and kind = service', means: 'services that nobody calls' },
  { query: 'out > 10', means: 'nodes that call more than ten others' },
  {
    query: 'source.name startswith pay and calls > 1k',
    means: 'busy edges of services whose names begin with pay',
  },
  { query: 'lastseen > 7d', means: 'what has been quiet for a week' },
]
