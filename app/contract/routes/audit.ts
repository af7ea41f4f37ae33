// The routes of the audit record.
import { z } from 'zod'
import { SaidText } from '../baseline-shapes.ts'
import { named } from '../named-schemas.ts'
import { pageFields, pageOf } from '../paging.ts'
import type { RouteSpec } from '../route-spec.ts'
import { Time } from '../shapes.ts'

const Moment = z.coerce.number().int().min(0).max(8.64e15)

const AuditRecordShape = named(
  'AuditRecord',
  z.strictObject({
    seq: z.string().describe('Without gaps, as text because it may pass 2^53.'),
    atMs: Time,
    actor: z.string(),
    action: z.string().describe('noun.verb'),
    subject: z.string(),
    detail: z.record(z.string(), z.unknown()),
    previousHash: z.string(),
    hash: z.string(),
  }),
)

export const LIST_AUDIT = {
  ...{ id: 'listAudit', method: 'GET', path: '/api/v1/audit', tag: 'audit', role: 'analyst' },
  summary: 'Who did what, the newest first',
  query: z.strictObject({
    actor: SaidText.exactOptional(),
    action: SaidText.exactOptional().describe(
      'Such as baseline.approved, or baseline for all of them.',
    ),
    subject: SaidText.exactOptional().describe('A part of it.'),
    fromMs: Moment.exactOptional().describe('Unix ms.'),
    toMs: Moment.exactOptional().describe('Unix ms, excluded.'),
    ...pageFields('listAudit', z.string().regex(/^\d{1,18}$/)),
  }),
  answer: { status: 200, description: 'A page.', schema: pageOf(AuditRecordShape) },
} as const satisfies RouteSpec

export const VERIFY_AUDIT = {
  ...{ id: 'verifyAudit', method: 'GET', path: '/api/v1/audit/verify', tag: 'audit' },
  role: 'analyst',
  summary: 'Whether the chain of hashes holds',
  answer: {
    status: 200,
    description: 'All records were read.',
    schema: z.strictObject({
      isIntact: z.boolean(),
      brokenSeq: z.string().nullable().describe('The first record that is not as it was written.'),
    }),
  },
} as const satisfies RouteSpec

export const AUDIT_ROUTES: readonly RouteSpec[] = [LIST_AUDIT, VERIFY_AUDIT]
