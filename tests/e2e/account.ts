// The first account of a product under test, made as a person makes it.
import type { Page } from '@playwright/test'
import type { Product } from '../support/product.ts'

/** Leaves the page on the map, signed in as an admin. */
export async function createAccount(page: Page, product: Product): Promise<void> {
  await page.goto(product.setupUrl ?? '')
  await page.getByLabel('Name').fill('Ada')
  await page.getByLabel('E-mail').fill('ada@shop.example')
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.waitForURL(/\/map/)
}
