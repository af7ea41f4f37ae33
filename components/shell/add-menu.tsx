'use client'
// How traces get here: the two ways in, from every page.
import { Cable, FileUp, Plus } from 'lucide-react'
import Link from 'next/link'
import { DropdownMenu } from 'radix-ui'
import { buttonClass } from '../ui/button.ts'

const WAYS = [
  { href: '/connect', label: 'Connect services', Icon: Cable },
  { href: '/import', label: 'Import a trace file', Icon: FileUp },
]

export function AddMenu() {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        className={buttonClass('outline', 'max-sm:w-8 max-sm:px-0')}
        aria-label="Add traces"
      >
        <Plus size={15} aria-hidden />
        <span className="max-lg:sr-only">Add traces</span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          className="z-50 w-52 rounded-lg border bg-raised p-1.5 shadow-xl"
        >
          {WAYS.map(({ href, label, Icon }) => (
            <DropdownMenu.Item key={href} asChild>
              <Link
                prefetch={false}
                href={href}
                className="flex items-center gap-2 rounded-md px-2.5 py-1.5 text-[13.5px] outline-none data-[highlighted]:bg-hover"
              >
                <Icon size={15} aria-hidden /> {label}
              </Link>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
