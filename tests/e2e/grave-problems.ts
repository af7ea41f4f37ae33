// What axe finds serious or critical in a page as it stands.
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/** Rule and first element of each, as `id: html`. */
export async function graveProblems(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  return grave.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}
