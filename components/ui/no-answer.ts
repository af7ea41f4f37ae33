// What is said when an action of the server has no answer: what to do differs for who is no longer signed in. A browser
// forgets the cookie of a session that has run out, so the way to the sign-in page is the answer then, which no action
// can read.

const NO_ANSWER = 'The server did not answer. What you typed is kept: try again.'

/** What an API answers to nobody, as people are told of it. */
export const SIGNED_OUT =
  'You are no longer signed in. What you typed is kept: sign in in another tab, then try again.'

/** Why no answer came, a sentence. */
export async function sayNoAnswer(): Promise<string> {
  try {
    const { status } = await fetch('/api/v1/session', { cache: 'no-store' })
    return status === 401 ? SIGNED_OUT : NO_ANSWER
  } catch {
    return NO_ANSWER
  }
}
