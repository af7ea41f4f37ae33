// The headers every answer carries, and the content security policy of one page view.
// Scripts and style elements run only with the nonce of the request; style attributes are refused too
// (what Cytoscape and React set through the style object of an element is not an attribute).

export type PolicyOptions = {
  readonly nonce: string
  /** Next's development server evaluates strings and inlines styles; production never does. */
  readonly isDevelopment: boolean
  readonly isHttps: boolean
}

/** The Content-Security-Policy value. `data:` images are our own node icons, drawn on the canvas. */
export function contentSecurityPolicy(options: PolicyOptions): string {
  const { nonce, isDevelopment, isHttps } = options
  const directives = [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    isDevelopment ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ]
  if (isHttps) directives.push('upgrade-insecure-requests')
  return directives.join('; ')
}

/** Headers without a nonce, for every answer. */
export function securityHeaders(options: {
  readonly isHttps: boolean
}): readonly (readonly [string, string])[] {
  const headers: [string, string][] = [
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', 'DENY'],
    ['Referrer-Policy', 'no-referrer'],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Cross-Origin-Resource-Policy', 'same-origin'],
    ['Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()'],
  ]
  if (options.isHttps) headers.push(['Strict-Transport-Security', 'max-age=31536000'])
  return headers
}
