// What went wrong with a file, in a user's words.

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EISDIR', 'it is a folder, not a file'],
  ['EACCES', 'it may not be read'],
  ['ERR_FS_FILE_TOO_LARGE', 'it is larger than 2 GiB'],
  ['ERR_BUFFER_TOO_LARGE', 'it unpacks to more than 4 GiB'],
  ['Z_BUF_ERROR', 'it ends too early'],
])

/** The reason of an error of the system or of zlib, by its code; any other error is a bug and rethrown. */
export function describeSystemError(error: unknown): string {
  if (!(error instanceof Error)) throw error
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined) throw error
  return REASONS.get(code) ?? error.message
}
