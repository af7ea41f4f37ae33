// The form of a backup: gzip over records of type (1 byte), length (4 bytes, big-endian) and payload. H header,
// T table, D rows as COPY text, E end of table, S sequences, Z end. Each table has its count of rows and
// the SHA-256 of its rows; Z has that of everything before it, so a cut or damaged file never restores. Q, which
// is passed over, is of backups from before alerts were told to channels: jobs for the log.
import { z } from 'zod'

export const FORMAT = 'strayline-backup'
export const FORMAT_VERSION = 1
/** Type and length of a record. */
export const HEAD_BYTES = 5
/** No record of ours is longer; a row of the widest table is far below. */
export const RECORD_BYTES_MAX = 256 * 1024 * 1024

export const Header = z.object({
  format: z.literal(FORMAT),
  formatVersion: z.number().int(),
  /** ISO time of the snapshot. */
  takenAt: z.string(),
  serverVersion: z.string(),
  /** Migrations applied, in order. */
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })),
  partitions: z.array(
    z.object({ parent: z.string(), firstDay: z.string(), days: z.number().int() }),
  ),
})
export type Header = z.infer<typeof Header>

export const TableStart = z.object({ table: z.string(), columns: z.array(z.string()).min(1) })
export type TableStart = z.infer<typeof TableStart>
export const TableEnd = z.object({ rows: z.number().int(), sha256: z.string() })
export type TableEnd = z.infer<typeof TableEnd>
export const Sequences = z.array(z.object({ name: z.string(), value: z.string().regex(/^\d+$/) }))
export type Sequences = z.infer<typeof Sequences>
export const End = z.object({ sha256: z.string() })
