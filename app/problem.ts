// The few answers a route has when it cannot give what was asked. Source: RFC 9457 (problem details).

const TITLES: { readonly [status: number]: string } = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Too large',
  415: 'Unsupported type',
  428: 'Precondition required',
  429: 'Too many requests',
  503: 'Unavailable',
  507: 'Insufficient storage',
}

/** A problem+json answer. detail: one sentence for people, without anything secret. */
export function problem(
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = { type: 'about:blank', title: TITLES[status] ?? 'Error', status, detail }
  return new Response(`${JSON.stringify(body)}\n`, {
    status,
    headers: {
      ...headers,
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
    },
  })
}

/** Runs a route; what it did not expect (the database is down, mostly) becomes a 503 without details. */
export async function answerSafely(answer: () => Promise<Response>): Promise<Response> {
  try {
    return await answer()
  } catch (error) {
    console.error(error)
    return problem(503, 'The database cannot be read now. Try again in a moment.')
  }
}
