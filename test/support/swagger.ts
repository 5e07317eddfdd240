// Swagger UI as its users see it: the login in its dialogue, and what the page says of it.
import type { Page } from 'playwright-core';

/** Presses Authorize, and gives a name and a password. */
export async function authorize(page: Page, username: string, password: string): Promise<void> {
  await page.locator('.btn.authorize').first().click();
  const form = page.locator('.modal-ux form').filter({ has: page.locator('input[type=password]') });
  await form.locator('input[type=text]').fill(username);
  await form.locator('input[type=password]').fill(password);
  await form.locator('button[type=submit]').click();
  await page.locator('.modal-ux .btn-done').first().click();
}
