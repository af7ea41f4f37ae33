// The alerts as the signed-in browser gets them from the API.
import type { Page } from '@playwright/test'

type AlertsAnswer = {
  readonly alerts: readonly {
    readonly source: { readonly name: string }
    readonly target: { readonly name: string }
    readonly state: string
  }[]
}

/** `source → target state` of all alerts, sorted; of one environment, or of all. */
export async function readAlerts(
  page: Page,
  webUrl: string,
  environment?: string,
): Promise<string[]> {
  const only = environment === undefined ? '' : `environment=${environment}&`
  const answer = await page.request.get(`${webUrl}/api/v1/alerts?${only}state=all`)
  const { alerts } = (await answer.json()) as AlertsAnswer
  return alerts.map((alert) => `${alert.source.name} → ${alert.target.name} ${alert.state}`).sort()
}
