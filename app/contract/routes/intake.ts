// The routes of what comes in: intake, the ingest token, imports of files, the demo.
import { z } from 'zod'
import { isImportEnvironment } from '../../../components/import/import-view.ts'
import { StorableText } from '../../api-input.ts'
import { COMMAND_KINDS } from '../../commands/command-state.ts'
import { named } from '../named-schemas.ts'
import type { RouteSpec } from '../route-spec.ts'
import { Count, ReadProblemShape, Time, TimeOrNull } from '../shapes.ts'

export const READ_INTAKE = {
  ...{ id: 'readIntake', method: 'GET', path: '/api/v1/intake', tag: 'intake', role: 'viewer' },
  summary: 'What has come in so far and what was refused',
  answer: {
    status: 200,
    description: 'Environments of real traces only.',
    schema: z.strictObject({
      nowMs: Time,
      lastSpanMs: TimeOrNull,
      namelessSpans: Count,
      environments: z.array(
        z.strictObject({
          name: z.string(),
          services: Count,
          edges: Count,
          silentCallers: z.array(z.string()),
          silentCallerCount: Count,
        }),
      ),
      refusals: z.array(
        z.strictObject({
          reason: z.enum(['unauthorized', 'undecodable', 'otherSignal', 'malformedSpan']),
          count: Count,
          lastAtMs: Time,
        }),
      ),
    }),
  },
} as const satisfies RouteSpec

export const READ_INGEST_TOKEN = {
  ...{ id: 'readIngestToken', method: 'GET', path: '/api/v1/ingest-token', tag: 'intake' },
  ...{ role: 'admin', isForPeople: true },
  summary: 'The token that senders must show',
  missing: 'The collector asks for no token.',
  answer: {
    status: 200,
    description: 'Secret.',
    schema: z.strictObject({ token: z.string() }),
  },
} as const satisfies RouteSpec

const ImportShape = named(
  'Import',
  z.strictObject({
    id: z.string(),
    status: z.enum(['receiving', 'running', 'done', 'failed', 'stopped']),
    fileName: z.string(),
    environment: z.string(),
    fileBytes: Count,
    receivedBytes: Count,
    startedBy: z.string(),
    startedMs: Time,
    sentSpans: Count,
    totalSpans: Count.nullable(),
    note: z.string(),
    problems: z.array(ReadProblemShape),
    problemCount: Count,
    message: z.string().nullable(),
  }),
)

export const READ_IMPORT = {
  ...{ id: 'readImport', method: 'GET', path: '/api/v1/imports', tag: 'intake', role: 'viewer' },
  summary: 'The import that runs, or the last one',
  answer: {
    status: 200,
    description: 'null: there was none.',
    schema: z.strictObject({ import: ImportShape.nullable() }),
  },
} as const satisfies RouteSpec

export const BEGIN_IMPORT = {
  ...{ id: 'beginImport', method: 'POST', path: '/api/v1/imports', tag: 'intake' },
  role: 'analyst',
  summary: 'Begin the import of a trace file into an environment of its own',
  body: {
    schema: z.strictObject({
      fileName: StorableText.min(1).max(255),
      fileBytes: z.int().min(1, 'the file is empty'),
      environment: StorableText.refine(
        isImportEnvironment,
        'letters, digits, dots, dashes and underscores, at most 64, and neither default nor demo',
      ),
    }),
  },
  errors: [409, 413, 415, 507],
  answer: {
    status: 201,
    description: 'Its pieces are expected at /imports/{id}.',
    schema: z.strictObject({ import: ImportShape }),
  },
} as const satisfies RouteSpec

export const CANCEL_IMPORT = {
  ...{ id: 'cancelImport', method: 'DELETE', path: '/api/v1/imports', tag: 'intake' },
  role: 'analyst',
  summary: 'Stop the import and remove what it brought',
  missing: 'Nothing is being imported.',
  answer: { status: 204, description: 'Stopped.', schema: null },
} as const satisfies RouteSpec

export const SEND_PIECE = {
  ...{ id: 'sendImportPiece', method: 'PUT', path: '/api/v1/imports/{id}', tag: 'intake' },
  role: 'analyst',
  summary: 'The next piece of the file, raw bytes, at most 1 MiB; the last one starts the import',
  params: z.object({ id: z.uuid() }),
  query: z.strictObject({
    at: z.coerce.number().int().min(0).describe('At which byte of the file it begins.'),
  }),
  missing: 'There is no such import.',
  errors: [409, 413, 415, 507],
  answer: {
    status: 200,
    description: 'How far it is.',
    schema: z.strictObject({ import: ImportShape }),
  },
} as const satisfies RouteSpec

const CommandShape = named(
  'Command',
  z.strictObject({
    kind: z.enum(COMMAND_KINDS),
    id: z.string(),
    status: z.enum(['running', 'done', 'failed', 'stopped']),
    startedBy: z.string(),
    startedMs: Time,
    endedMs: TimeOrNull,
    sent: Count,
    total: Count.nullable(),
    note: z.string(),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
    problems: z.array(ReadProblemShape),
    problemCount: Count,
    message: z.string().nullable(),
    result: z.record(z.string(), z.number()),
    about: z.record(z.string(), z.string()),
  }),
)

export const LIST_COMMANDS = {
  ...{ id: 'listCommands', method: 'GET', path: '/api/v1/commands', tag: 'intake' },
  role: 'viewer',
  summary: 'What the dashboard runs for a person, and how far it is',
  answer: {
    status: 200,
    description: 'One a kind at most.',
    schema: z.strictObject({ commands: z.array(CommandShape) }),
  },
} as const satisfies RouteSpec

export const START_COMMAND = {
  ...{ id: 'startCommand', method: 'POST', path: '/api/v1/commands', tag: 'intake' },
  role: 'admin',
  summary: 'Start the demo',
  body: { schema: z.strictObject({ kind: z.literal('demo') }) },
  errors: [409],
  answer: { status: 202, description: 'It runs.', schema: CommandShape },
} as const satisfies RouteSpec

export const STOP_COMMAND = {
  ...{ id: 'stopCommand', method: 'DELETE', path: '/api/v1/commands', tag: 'intake' },
  role: 'analyst',
  summary: 'Stop a command; the demo is stopped by an admin',
  query: z.strictObject({ kind: z.enum(COMMAND_KINDS) }),
  missing: 'Nothing of this kind runs.',
  answer: { status: 204, description: 'Stopped.', schema: null },
} as const satisfies RouteSpec

export const INTAKE_ROUTES: readonly RouteSpec[] = [
  ...[READ_INTAKE, READ_INGEST_TOKEN, READ_IMPORT, BEGIN_IMPORT, CANCEL_IMPORT, SEND_PIECE],
  ...[LIST_COMMANDS, START_COMMAND, STOP_COMMAND],
]
