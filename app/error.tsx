'use client'
// Something failed while a page was made; nearly always it is the database. Details are in the log of
// the web process, by the digest shown here, and never in the page.
import { Notice } from '../components/shell/notice.tsx'
import { buttonClass } from '../components/ui/button.ts'

export type ErrorPageProps = {
  readonly error: Error & { readonly digest?: string }
  readonly reset: () => void
}

export default function ErrorPage({ error }: ErrorPageProps) {
  return (
    <Notice title="This page could not be read">
      <p>
        Most likely the database cannot be reached. The collector keeps accepting spans into its
        journal meanwhile; nothing is lost.
      </p>
      <p>
        Check that Postgres runs and that <code className="font-mono text-ink">DATABASE_URL</code>{' '}
        is right; <code className="font-mono text-ink">/readyz</code> says whether it answers.
      </p>
      <p className="flex items-center gap-3">
        <button
          type="button"
          className={buttonClass('solid')}
          onClick={() => window.location.reload()}
        >
          Try again
        </button>
        {error.digest ? <span className="text-[12px] text-faint">{error.digest}</span> : null}
      </p>
    </Notice>
  )
}
