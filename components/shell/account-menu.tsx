'use client'
// Who is signed in, the settings for who may change them, and the way out.
import { LogOut, Settings } from 'lucide-react'
import Link from 'next/link'
import { DropdownMenu } from 'radix-ui'
import { displayName } from '../../core/graph/label.ts'
import { buttonClass } from '../ui/button.ts'
import { Menu, menuItemClass } from '../ui/menu.tsx'

export type AccountMenuProps = {
  readonly name: string
  readonly email: string
  readonly role: string
  readonly signOut: () => Promise<void>
}

export function AccountMenu({ name, email, role, signOut }: AccountMenuProps) {
  const initial = [...displayName(name || email)][0]?.toUpperCase() ?? '?'
  return (
    <Menu
      width="w-60"
      trigger={
        <DropdownMenu.Trigger className={buttonClass('icon', 'rounded-full')} aria-label="Account">
          <span
            aria-hidden
            className="grid size-6.5 place-items-center rounded-full border border-line-strong text-[12px] font-semibold text-ink"
          >
            {initial}
          </span>
        </DropdownMenu.Trigger>
      }
    >
      <div className="px-2.5 py-2">
        <div className="truncate font-medium">{displayName(name)}</div>
        <div className="truncate text-[12.5px] text-muted">{displayName(email)}</div>
        <div className="mt-1 text-[12px] text-faint">{role}</div>
      </div>
      <DropdownMenu.Separator className="my-1 h-px bg-line" />
      {role === 'admin' ? (
        <DropdownMenu.Item asChild>
          <Link
            prefetch={false}
            href="/settings"
            className={menuItemClass('flex items-center gap-2')}
          >
            <Settings size={15} aria-hidden /> Settings
          </Link>
        </DropdownMenu.Item>
      ) : null}
      <DropdownMenu.Item
        onSelect={() => void signOut()}
        className={menuItemClass('flex cursor-pointer items-center gap-2')}
      >
        <LogOut size={15} aria-hidden /> Sign out
      </DropdownMenu.Item>
    </Menu>
  )
}
