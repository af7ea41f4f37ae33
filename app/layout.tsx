// The document of every page. Reading the theme's cookie makes all pages dynamic, which the nonces need.
import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import { readTheme } from './theme.ts'
import './globals.css'

export const metadata: Metadata = {
  title: { default: 'Strayline', template: '%s · Strayline' },
  description: 'Which services talk to each other, and which edge strays from what was approved.',
  robots: { index: false, follow: false },
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  colorScheme: 'light dark',
}

export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const theme = await readTheme()
  return (
    <html lang="en" data-theme={theme}>
      <body>{children}</body>
    </html>
  )
}
