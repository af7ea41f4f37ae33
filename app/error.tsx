'use client'
// Something failed while a page was made; mostly it is the database. Details are in the log of
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
        Most often the database did not answer. What services send meanwhile waits in the
        collector&apos;s journal, as long as that runs and has room, and is shown later.
      </p>
      <p>
        Try again in a moment. If it stays like this, tell whoever runs Strayline:{' '}
        <code className="font-mono text-ink">strayline doctor</code> finds what is wrong, and the
        log has the details under the number below.
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
