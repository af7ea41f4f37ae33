// Which groups of attributes a key stands for: counted over all attributes of a span, also those
// that are not kept. Source: EDGES R3, R11, N1, N2.
import { Family } from './batch.ts'

const DATABASE_KEYS: ReadonlySet<string> = new Set([
  'db.system.name',
  'db.system',
  'db.namespace',
  'db.name',
  'db.query.text',
  'db.statement',
  'db.operation.name',
  'db.operation',
  'db.collection.name',
  'db.sql.table',
  'db.connection_string',
])
const MESSAGING_KEYS: ReadonlySet<string> = new Set([
  'aws.sqs.queue.url',
  'aws.sns.topic.arn',
  'aws.kinesis.stream_name',
])

/** Keys outside the allow-list count for their family by these prefixes. */
export const FAMILY_PREFIXES: readonly { readonly prefix: string; readonly family: number }[] = [
  { prefix: 'messaging.', family: Family.messaging },
  { prefix: 'rpc.', family: Family.rpc },
  { prefix: 'http.', family: Family.http },
]

/** Family bits of a span that has this attribute, whatever its value. */
export function familyOfKey(name: string): number {
  if (DATABASE_KEYS.has(name)) return Family.database
  if (MESSAGING_KEYS.has(name)) return Family.messaging
  if (name === 'url.scheme') return Family.http
  for (const { prefix, family } of FAMILY_PREFIXES) if (name.startsWith(prefix)) return family
  return 0
}
