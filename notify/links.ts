// Where messages lead: the addresses of the dashboard as browsers reach it.
import type { Links } from '../core/notify/payload/render.ts'
import { readVersion } from '../telemetry/config.ts'

/** publicUrl: without a slash at its end. */
export function createLinks(publicUrl: string): Links {
  return {
    alertUrl: (alertId) => `${publicUrl}/alerts?alert=${encodeURIComponent(alertId)}`,
    mapUrl: `${publicUrl}/map`,
    routesUrl: `${publicUrl}/settings/routes`,
    productVersion: readVersion(),
  }
}
