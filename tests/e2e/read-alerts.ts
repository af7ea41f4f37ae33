// The alerts as the signed-in browser gets them from the API.
import type { Page } from '@playwright/test'

type AlertsAnswer = {
  readonly items: readonly {
    readonly source: { readonly name: string }
    readonly target: { readonly name: string } | null
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
  const answer = await page.request.get(`${webUrl}/api/v1/alerts?${only}state=all&limit=500`)
  const { items } = (await answer.json()) as AlertsAnswer
  return items
    .map(({ source, target, state }) => `${source.name} → ${target?.name ?? ''} ${state}`)
    .sort()
}
