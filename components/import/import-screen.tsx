'use client'
// The page that brings in a recorded file: choose it, name its environment, follow it to its map.
import { useState } from 'react'
import type { RemoveGraphAction } from '../demo/remove-dialog.tsx'
import { Name } from '../ui/name.tsx'
import { FileChoice } from './file-choice.tsx'
import { ImportForm, type KnownEnvironment } from './import-form.tsx'
import { ImportEnd, ImportProgress } from './import-progress.tsx'
import type { ImportView } from './import-view.ts'
import { ImportedEnvironments } from './imported-environments.tsx'
import { useImport } from './use-import.ts'

export type ImportScreenProps = {
  /** The import that is going on, whoever began it. */
  readonly initial: ImportView | null
  readonly environments: readonly KnownEnvironment[]
  readonly bytesMax: number
  readonly canImport: boolean
  readonly canRemove: boolean
  readonly remove: RemoveGraphAction
}

export function ImportScreen(props: ImportScreenProps) {
  const { initial, environments, bytesMax, canImport } = props
  const [file, setFile] = useState<File | null>(null)
  const [refusal, setRefusal] = useState<string | null>(null)
  const { view, problem, isOpen, begin, cancel, clear } = useImport(initial)
  const takeFile = (next: File | null) => {
    setRefusal(null)
    clear()
    setFile(next)
  }
  const imported = environments.filter(({ origin }) => origin === 'import')
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex w-full max-w-2xl flex-col gap-5 p-4 sm:py-10">
        <div>
          <h1 className="text-lg font-semibold">Import a trace file</h1>
          <p className="mt-1 text-muted">
            A recording is replayed into an environment of its own, moved in time so that its last
            span ends now. Your other environments never see it. Calls of more than a day before its
            end are counted at the moment of the import.
          </p>
        </div>
        {canImport ? null : <p className="text-muted">Your role may look, not import.</p>}
        {view && isOpen ? (
          <ImportProgress view={view} onCancel={canImport ? cancel : null} />
        ) : null}
        {view && !isOpen ? <ImportEnd view={view} onClear={() => takeFile(null)} /> : null}
        {canImport && !isOpen && view === null && file === null ? (
          <FileChoice bytesMax={bytesMax} onFile={takeFile} onProblem={setRefusal} />
        ) : null}
        {canImport && !isOpen && view === null && file !== null ? (
          <ImportForm
            key={`${file.name} ${file.lastModified}`}
            file={file}
            environments={environments}
            onSubmit={(environment) => void begin(file, environment)}
            onCancel={() => takeFile(null)}
          />
        ) : null}
        <p role="alert" className="text-danger [overflow-wrap:anywhere] empty:hidden">
          {(problem ?? refusal) ? <Name>{problem ?? refusal ?? ''}</Name> : null}
        </p>
        <ImportedEnvironments
          names={imported.map(({ name }) => name)}
          canRemove={props.canRemove}
          remove={props.remove}
        />
      </div>
    </div>
  )
}
