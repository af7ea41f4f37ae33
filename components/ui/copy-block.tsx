'use client'
// A block of text to copy: an address or a few lines of configuration.
import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { buttonClass } from './button.ts'

export function CopyBlock({ label, text }: { readonly label: string; readonly text: string }) {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 1600)
  }
  return (
    <div className="flex items-start gap-2 rounded-md border bg-canvas py-1 pr-1 pl-3">
      <pre className="min-w-0 flex-1 overflow-x-auto py-1.5 font-mono text-[12.5px] leading-relaxed">
        {text}
      </pre>
      <button
        type="button"
        className={buttonClass('icon', 'shrink-0')}
        aria-label={isCopied ? 'Copied' : `Copy ${label}`}
        onClick={copy}
      >
        {isCopied ? <Check size={15} aria-hidden /> : <Copy size={15} aria-hidden />}
      </button>
    </div>
  )
}
