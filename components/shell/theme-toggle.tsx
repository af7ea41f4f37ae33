'use client'
// Switches light, dark and system. Writes the cookie and the attribute; the map reads its colours anew.
import { Monitor, Moon, Sun } from 'lucide-react'
import { useState } from 'react'
import { buttonClass } from '../ui/button.ts'
import { THEME_COOKIE, THEMES, type Theme } from './themes.ts'

const ICONS = { system: Monitor, light: Sun, dark: Moon }

export function ThemeToggle({ initial }: { readonly initial: Theme }) {
  const [theme, setTheme] = useState(initial)
  const Icon = ICONS[theme]
  const choose = () => {
    const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system'
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs https
    document.cookie = `${THEME_COOKIE}=${next}; path=/; max-age=31536000; samesite=lax`
    document.documentElement.dataset.theme = next
    setTheme(next)
  }
  return (
    <button
      type="button"
      className={buttonClass('icon', 'max-sm:hidden')}
      aria-label={`Theme: ${theme}`}
      title={`Theme: ${theme}`}
      onClick={choose}
    >
      <Icon size={16} aria-hidden />
    </button>
  )
}
