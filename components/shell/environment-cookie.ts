// The environment a person looked at last, kept in a cookie so that the server's first page has it.

export const ENVIRONMENT_COOKIE = 'strayline-environment'
const VALUE_CHARACTERS_MAX = 1000

export function rememberEnvironment(environment: string): void {
  const value = encodeURIComponent(environment.toWellFormed())
  if (value.length > VALUE_CHARACTERS_MAX) return
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs https
  document.cookie = `${ENVIRONMENT_COOKIE}=${value}; path=/; max-age=31536000; samesite=lax`
}
