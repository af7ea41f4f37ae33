// Syslog messages carrying our JSON, CEF or OCSF; of a digest one line in all, then one a notice, for a SIEM counts
// lines. Source: RFC 5424, sections 6.2 (header), 6.3 (structured data and its escaping), 6.4 (BOM); facility local0.
import type { BodyFormat } from '../channel.ts'
import type { Notice } from '../notice.ts'
import { cefOf } from './cef.ts'
import { hostOf } from './episode-key.ts'
import { type Bounds, buildToFit } from './fit.ts'
import { bodyOf } from './notice-body.ts'
import { ocsfOf } from './ocsf.ts'
import type { Job, Rendered } from './render.ts'
import { isoOf, oneLine, utf8Bytes } from './text.ts'

/** rsyslog takes 8 KiB unless told otherwise; RFC 5424 asks for 2 KiB at least. */
const LINE_BYTES_MAX = 8192
const FACILITY = 16
const LEVELS = { critical: 2, high: 3, medium: 4, low: 5 } as const
const NOTICE_LEVEL = 5
const INFO_LEVEL = 6
const BOM = '\ufeff'
/** 32473 is the number kept for examples (RFC 5612): we have none of our own. */
const DATA_ID = 'strayline@32473'
const PARAM_MAX = 100

export function renderSyslog(job: Job<'syslog'>): Rendered {
  const { notice, settings } = job
  const within = notice.type === 'digest' ? notice.notices : []
  // Each OCSF finding of a digest is told below; there is no class for the digest itself.
  const whole = notice.type === 'digest' && settings.format === 'ocsf' ? [] : [notice]
  return { via: 'syslog', lines: [...whole, ...within].map((each) => lineOf(job, each)) }
}

function lineOf(job: Job<'syslog'>, notice: Notice): string {
  const { format } = job.settings
  const head = headOf(job, notice)
  return buildToFit(
    (bounds) => `${head} ${BOM}${BODIES[format](notice, contextOf(job, notice, bounds))}`,
    (line) => utf8Bytes(line) <= LINE_BYTES_MAX,
  )
}

type Body = (notice: Notice, context: ReturnType<typeof contextOf>) => string
const BODIES: { readonly [format in BodyFormat]: Body } = {
  json: (notice, context) => JSON.stringify(bodyOf(notice, context)),
  ocsf: (notice, context) => JSON.stringify(ocsfOf(notice, context)),
  cef: cefOf,
}

/** The line of a digest says how many; the lines after it say which. */
function contextOf({ links, settings }: Job<'syslog'>, notice: Notice, bounds: Bounds) {
  const { titleTemplate } = settings
  const within = notice.type === 'digest' ? { ...bounds, listMax: 0 } : bounds
  return { links, titleTemplate, bounds: within }
}

function headOf({ links, notice: whole }: Job<'syslog'>, notice: Notice): string {
  const host = hostOf(links)
  const id = notice.type === 'alert' ? `alert.${notice.act}` : notice.type
  const params: readonly (readonly [name: string, value: string])[] = [
    ['key', notice.key],
    ...(whole === notice ? [] : [['digest', whole.key] as const]),
    ...(notice.type === 'alert'
      ? [
          ['alert', notice.alert.id] as const,
          ['severity', notice.alert.severity] as const,
          ['kind', notice.alert.kind] as const,
          ['environment', notice.alert.environment] as const,
        ]
      : []),
  ]
  const data = params.map(([name, value]) => ` ${name}="${escapeParam(value)}"`).join('')
  const priority = FACILITY * 8 + levelOf(notice)
  return `<${priority}>1 ${isoOf(notice.atMs)} ${host} strayline - ${id} [${DATA_ID}${data}]`
}

function levelOf(notice: Notice): number {
  if (notice.type !== 'alert') return notice.type === 'test' ? INFO_LEVEL : NOTICE_LEVEL
  return notice.act === 'resolve' ? NOTICE_LEVEL : LEVELS[notice.alert.severity]
}

function escapeParam(value: string): string {
  return oneLine(value, PARAM_MAX).replace(/["\\\]]/g, (sign) => `\\${sign}`)
}
