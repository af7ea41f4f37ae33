'use client'
// A block of text to copy: an address or a few lines of configuration.
import { Check, Copy } from 'lucide-react'
import { useRef, useState } from 'react'
import { buttonClass } from './button.ts'

export type CopyBlockProps = {
  readonly label: string
  readonly text: string
  /** What is copied, where it is not what is shown. */
  readonly readText?: () => Promise<string>
}

export function CopyBlock({ label, text, readText }: CopyBlockProps) {
  const [isCopied, setCopied] = useState(false)
  const block = useRef<HTMLPreElement>(null)
  const copy = async () => {
    const wanted = (await readText?.()) ?? text
    // Browsers lend the clipboard to https and this machine only: elsewhere the text is selected.
    if (!navigator.clipboard) {
      if (block.current) document.getSelection()?.selectAllChildren(block.current)
      return
    }
    await navigator.clipboard.writeText(wanted)
    setCopied(true)
    setTimeout(() => setCopied(false), 1600)
  }
  return (
    <div className="flex items-start gap-2 rounded-md border bg-canvas py-1 pr-1 pl-3">
      <pre
        ref={block}
        className="min-w-0 flex-1 overflow-x-auto py-1.5 font-mono text-[12.5px] leading-relaxed"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
      >
        {text}
      </pre>
      <button
        type="button"
        className={buttonClass('icon', 'shrink-0')}
        aria-label={isCopied ? 'Copied' : `Copy: ${label}`}
        onClick={copy}
      >
        {isCopied ? <Check size={15} aria-hidden /> : <Copy size={15} aria-hidden />}
      </button>
    </div>
  )
}
