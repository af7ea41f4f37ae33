'use client'
// The last resort, when even the document could not be made.
import ErrorPage, { type ErrorPageProps } from './error.tsx'
import './globals.css'

export default function GlobalErrorPage(props: ErrorPageProps) {
  return (
    <html lang="en">
      <body>
        <ErrorPage {...props} />
      </body>
    </html>
  )
}
