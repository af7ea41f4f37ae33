'use client'
// Where a file is dropped or chosen.
import { FileUp } from 'lucide-react'
import { type DragEvent, useId, useState } from 'react'

export type FileChoiceProps = {
  readonly bytesMax: number
  readonly onFile: (file: File) => void
  /** Says why what was dropped cannot be taken. */
  readonly onProblem: (problem: string) => void
}

export function FileChoice({ bytesMax, onFile, onProblem }: FileChoiceProps) {
  const [isOver, setOver] = useState(false)
  const inputId = useId()
  const choose = (files: FileList | null, isFolder = false) => {
    const [file, ...more] = files ?? []
    if (isFolder || more.length > 0)
      onProblem('One file at a time: pack several, or a folder, as .tar.gz.')
    else if (file?.size === 0) onProblem(`${file.name} is empty.`)
    else if (file && file.size > bytesMax) onProblem(sayTooLarge(file, bytesMax))
    else if (file) onFile(file)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const isFolder = event.dataTransfer.items[0]?.webkitGetAsEntry()?.isDirectory ?? false
    choose(event.dataTransfer.files, isFolder)
  }
  return (
    <label
      htmlFor={inputId}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={`flex cursor-pointer flex-col items-center gap-2 rounded-xl border-2 border-dashed px-6 py-10 text-center has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-ink ${isOver ? 'border-ink bg-hover' : 'border-line-strong bg-surface hover:bg-hover'}`}
    >
      <FileUp size={28} aria-hidden className="text-muted" />
      <span className="text-[15px] font-medium">Drop a trace file here, or choose one</span>
      <span className="text-[13px] text-muted">
        OTLP, Jaeger, Zipkin or Tempo JSON, whole or a line a record; OTLP protobuf. Packed as gzip,
        zstd or tar too. Up to {Math.floor(bytesMax / 1024 ** 2)} MiB.
      </span>
      <input
        id={inputId}
        type="file"
        className="sr-only"
        onChange={(event) => {
          choose(event.target.files)
          event.target.value = '' // the same file may be chosen again
        }}
      />
    </label>
  )
}

function sayTooLarge(file: File, bytesMax: number): string {
  const limit = `at most ${Math.floor(bytesMax / 1024 ** 2)} MiB can be imported here`
  return `${file.name} has ${Math.ceil(file.size / 1024 ** 2)} MiB, and ${limit}. From a terminal, strayline replay has no such limit.`
}
