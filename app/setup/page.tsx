// The setup link leads here: the first account, an admin. Public by its one-time token.
import type { Metadata } from 'next'
import Link from 'next/link'
import { CredentialForm } from '../../components/auth/credential-form.tsx'
import { FormShell } from '../../components/auth/form-shell.tsx'
import { buttonClass } from '../../components/ui/button.ts'
import { isSetupTokenValid } from '../../storage/setup-link.ts'
import { PASSWORD_CHARACTERS_MIN } from '../auth.ts'
import { database } from '../database.ts'
import { createFirstAccount } from './actions.ts'

export const metadata: Metadata = { title: 'Set up', referrer: 'no-referrer' }

type Props = { readonly searchParams: Promise<{ readonly token?: string | string[] }> }

export default async function SetupPage({ searchParams }: Props) {
  const { token } = await searchParams
  const isValid = typeof token === 'string' && (await isSetupTokenValid(database(), token))
  if (!isValid)
    return (
      <FormShell
        title="This link does not work any more"
        lead="A setup link makes the first account, once, and within a day."
      >
        <p className="mb-4 text-[13px] text-muted">
          Without any account, starting Strayline again prints a new link. With one, sign in.
        </p>
        <Link className={buttonClass('outline')} href="/sign-in">
          Sign in
        </Link>
      </FormShell>
    )
  return (
    <FormShell title="Create the first account" lead="It is an admin; others can be added later.">
      <CredentialForm
        action={createFirstAccount}
        purpose="setup"
        submitLabel="Create account"
        passwordCharactersMin={PASSWORD_CHARACTERS_MIN}
        hidden={{ name: 'token', value: token }}
      />
    </FormShell>
  )
}
