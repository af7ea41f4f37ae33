'use client'
// How traces get here: the two ways in, from every page.
import { Cable, FileUp, Plus } from 'lucide-react'
import Link from 'next/link'
import { DropdownMenu } from 'radix-ui'
import { buttonClass } from '../ui/button.ts'
import { Menu, menuItemClass } from '../ui/menu.tsx'

const WAYS = [
  { href: '/connect', label: 'Connect services', Icon: Cable },
  { href: '/import', label: 'Import a trace file', Icon: FileUp },
]

export function AddMenu() {
  return (
    <Menu
      width="w-52"
      trigger={
        <DropdownMenu.Trigger
          className={buttonClass('outline', 'max-sm:w-8 max-sm:px-0')}
          aria-label="Add traces"
        >
          <Plus size={15} aria-hidden />
          <span className="max-lg:sr-only">Add traces</span>
        </DropdownMenu.Trigger>
      }
    >
      {WAYS.map(({ href, label, Icon }) => (
        <DropdownMenu.Item key={href} asChild>
          <Link prefetch={false} href={href} className={menuItemClass('flex items-center gap-2')}>
            <Icon size={15} aria-hidden /> {label}
          </Link>
        </DropdownMenu.Item>
      ))}
    </Menu>
  )
}
