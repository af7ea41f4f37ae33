// The theme a person chose, kept in a cookie so that the server's first byte already has it: no flash.
import { cookies } from 'next/headers'
import { THEME_COOKIE, THEMES, type Theme } from '../components/shell/themes.ts'

export async function readTheme(): Promise<Theme> {
  const chosen = (await cookies()).get(THEME_COOKIE)?.value
  return THEMES.find((theme) => theme === chosen) ?? 'system'
}
