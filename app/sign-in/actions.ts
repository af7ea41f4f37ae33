'use server'
// Signing in and out, through the auth library's own routes so that its rate limit holds.
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import type { FormState } from '../../components/auth/credential-form.tsx'
import { callAuth } from '../auth.ts'
import { takeCookies } from '../auth-cookies.ts'
import { localPath } from '../local-path.ts'

const Credentials = z.object({
  email: z.email().max(254),
  password: z.string().min(1).max(256),
  next: z.string().max(2000),
})

/** Public: this is how a session begins. */
export async function signIn(_state: FormState, form: FormData): Promise<FormState> {
  const parsed = Credentials.safeParse(Object.fromEntries(form))
  if (!parsed.success) return { problem: 'Enter an e-mail address and a password.' }
  const { email, password, next } = parsed.data
  const response = await callAuth('/sign-in/email', { email, password }, await headers())
  if (response.status === 429)
    return { problem: 'Too many attempts. Wait a minute, then try again.' }
  if (!response.ok) return { problem: 'E-mail or password is not right.' }
  await takeCookies(response)
  redirect(localPath(next))
}

/** Ends the session of this browser; open event streams end with it. */
export async function signOut(): Promise<void> {
  const response = await callAuth('/sign-out', {}, await headers())
  await takeCookies(response)
  redirect('/sign-in')
}
