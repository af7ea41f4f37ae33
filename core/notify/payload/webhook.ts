// A webhook: our own JSON (notice-schema.ts), or OCSF. notify/send signs it by Standard Webhooks.
import { buildToFit } from './fit.ts'
import { bodyOf } from './notice-body.ts'
import { ocsfOf } from './ocsf.ts'
import { type Job, jsonPost, type Rendered } from './render.ts'
import { utf8Bytes } from './text.ts'

/** What common receivers take without being set up for it: nginx's client_max_body_size is 1 MiB. */
const BODY_BYTES_MAX = 512 * 1024

export function renderWebhook({ settings, secrets, notice, links }: Job<'webhook'>): Rendered {
  const { url, format, titleTemplate } = settings
  const body = buildToFit(
    (bounds) =>
      format === 'ocsf'
        ? ocsfOf(notice, { links, bounds, titleTemplate })
        : bodyOf(notice, { links, bounds, titleTemplate }),
    (built) => utf8Bytes(JSON.stringify(built)) <= BODY_BYTES_MAX,
  )
  const { authorization } = secrets
  return {
    via: 'http',
    requests: [jsonPost(url, body, authorization === undefined ? {} : { authorization })],
  }
}
