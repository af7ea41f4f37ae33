'use client'
// The fields of sign-in and setup. The server action comes as a prop and answers with a sentence when it
// refuses; without JavaScript the form still posts.
import { useActionState } from 'react'
import { buttonClass, FIELD_CLASS } from '../ui/button.ts'

/** What an action answers when it does not go on to a page. */
export type FormState = { readonly problem: string | null }
export type FormAction = (state: FormState, form: FormData) => Promise<FormState>

export type CredentialFormProps = {
  readonly action: FormAction
  readonly submitLabel: string
  /** Setup asks for a name and a new password, sign-in for the one there is. */
  readonly purpose: 'setup' | 'sign-in'
  readonly passwordCharactersMin: number
  /** Carried along unseen: the setup token, or where to go afterwards. */
  readonly hidden: { readonly name: string; readonly value: string }
}

export function CredentialForm(props: CredentialFormProps) {
  const [state, submit, isPending] = useActionState(props.action, { problem: null })
  const isSetup = props.purpose === 'setup'
  return (
    <form action={submit} className="flex flex-col gap-4">
      <input type="hidden" name={props.hidden.name} value={props.hidden.value} />
      {isSetup ? (
        <label className="flex flex-col gap-1.5 text-[13px] font-medium">
          Name
          <input className={FIELD_CLASS} name="name" autoComplete="name" required maxLength={120} />
        </label>
      ) : null}
      <label className="flex flex-col gap-1.5 text-[13px] font-medium">
        E-mail
        <input
          className={FIELD_CLASS}
          name="email"
          type="email"
          autoComplete="username"
          required
          maxLength={254}
        />
      </label>
      <label className="flex flex-col gap-1.5 text-[13px] font-medium">
        Password
        <input
          className={FIELD_CLASS}
          name="password"
          type="password"
          autoComplete={isSetup ? 'new-password' : 'current-password'}
          required
          minLength={isSetup ? props.passwordCharactersMin : 1}
          maxLength={256}
          aria-describedby={isSetup ? 'password-hint' : undefined}
        />
        {isSetup ? (
          <span id="password-hint" className="text-[12px] font-normal text-muted">
            At least {props.passwordCharactersMin} characters.
          </span>
        ) : null}
      </label>
      <p role="alert" className="text-[13px] text-danger empty:hidden">
        {state.problem}
      </p>
      <button type="submit" className={buttonClass('solid', 'h-9')} disabled={isPending}>
        {props.submitLabel}
      </button>
    </form>
  )
}
