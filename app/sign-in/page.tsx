// Sign-in. Public; who is signed in already goes on.
import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { CredentialForm } from '../../components/auth/credential-form.tsx'
import { FormShell } from '../../components/auth/form-shell.tsx'
import { PASSWORD_CHARACTERS_MIN } from '../auth.ts'
import { localPath } from '../local-path.ts'
import { findSession } from '../session.ts'
import { signIn } from './actions.ts'

export const metadata: Metadata = { title: 'Sign in' }

type Props = { readonly searchParams: Promise<{ readonly next?: string | string[] }> }

export default async function SignInPage({ searchParams }: Props) {
  const next = localPath((await searchParams).next)
  if (await findSession()) redirect(next)
  return (
    <FormShell title="Sign in" lead="Use the e-mail and password of your account.">
      <CredentialForm
        action={signIn}
        purpose="sign-in"
        submitLabel="Sign in"
        passwordCharactersMin={PASSWORD_CHARACTERS_MIN}
        hidden={{ name: 'next', value: next }}
      />
    </FormShell>
  )
}
