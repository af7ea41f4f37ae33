// That a person does not want to be reminded that nobody is told of alerts, kept in a cookie so that the server knows.

export const NOBODY_TOLD_COOKIE = 'strayline.nobody-told'
const MAX_AGE_SECONDS = 90 * 24 * 3600

export function putNobodyToldAside(): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs https
  document.cookie = `${NOBODY_TOLD_COOKIE}=aside; path=/; max-age=${MAX_AGE_SECONDS}; samesite=lax`
}
