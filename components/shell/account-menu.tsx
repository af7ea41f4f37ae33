'use client'
// Who is signed in, and the way out.
import { LogOut } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { displayName } from '../../core/graph/label.ts'
import { buttonClass } from '../ui/button.ts'

export type AccountMenuProps = {
  readonly name: string
  readonly email: string
  readonly role: string
  readonly signOut: () => Promise<void>
}

export function AccountMenu({ name, email, role, signOut }: AccountMenuProps) {
  const initial = [...displayName(name || email)][0]?.toUpperCase() ?? '?'
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className={buttonClass('icon', 'rounded-full')} aria-label="Account">
        <span
          aria-hidden
          className="grid size-6.5 place-items-center rounded-full border border-line-strong text-[12px] font-semibold text-ink"
        >
          {initial}
        </span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          className="z-50 w-60 rounded-lg border bg-raised p-1.5 shadow-xl"
        >
          <div className="px-2.5 py-2">
            <div className="truncate font-medium">{displayName(name)}</div>
            <div className="truncate text-[12.5px] text-muted">{displayName(email)}</div>
            <div className="mt-1 text-[12px] text-faint">{role}</div>
          </div>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Item
            onSelect={() => void signOut()}
            className="flex cursor-pointer items-center gap-2 rounded-md px-2.5 py-1.5 text-[13.5px] outline-none data-[highlighted]:bg-hover"
          >
            <LogOut size={15} aria-hidden /> Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
