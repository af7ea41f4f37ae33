'use server'
// Makes the first account. The token is used up in one step with it: when either fails, neither stands.
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import type { FormState } from '../../components/auth/credential-form.tsx'
import { useSetupToken as spendSetupToken } from '../../storage/setup-link.ts'
import { PersonName } from '../api-input.ts'
import { callAuth, createAuth, PASSWORD_CHARACTERS_MIN } from '../auth.ts'
import { takeCookies } from '../auth-cookies.ts'
import { accounts, database } from '../database.ts'

const FirstAccount = z.object({
  token: z.string().min(1).max(200),
  name: PersonName,
  email: z.email().max(254).toLowerCase(),
  password: z.string().min(PASSWORD_CHARACTERS_MIN).max(256),
})
type FirstAccount = z.infer<typeof FirstAccount>

const PROBLEMS: { readonly [field: string]: string } = {
  name: 'Enter a name.',
  email: 'Enter an e-mail address.',
  password: `Choose a password of at least ${PASSWORD_CHARACTERS_MIN} characters.`,
}

/** Public by its token. Signs the new admin in. */
export async function createFirstAccount(_state: FormState, form: FormData): Promise<FormState> {
  const parsed = FirstAccount.safeParse(Object.fromEntries(form))
  if (!parsed.success) {
    const field = String(parsed.error.issues[0]?.path[0] ?? '')
    return { problem: PROBLEMS[field] ?? 'This link does not work.' }
  }
  const account = parsed.data
  const isMade = await spendSetupToken(database(), account.token, () => insertAdmin(account))
  if (!isMade) return { problem: 'This link does not work any more.' }
  const { email, password } = account
  const response = await callAuth('/sign-in/email', { email, password }, await headers())
  if (!response.ok) redirect('/sign-in')
  await takeCookies(response)
  redirect('/map')
}

/** User and password in one transaction, in the form the auth library reads them. */
async function insertAdmin({ name, email, password }: FirstAccount): Promise<void> {
  await accounts().$transaction(async (client) => {
    const { internalAdapter, password: passwords } = await createAuth(client).$context
    const user = await internalAdapter.createUser(
      { name, email, role: 'admin', emailVerified: false },
      { method: 'email-password' },
    )
    await internalAdapter.linkAccount({
      userId: user.id,
      providerId: 'credential',
      accountId: user.id,
      password: await passwords.hash(password),
    })
  })
}
