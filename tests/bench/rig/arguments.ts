// The one argument that a bench may take: how long it runs, or how large it is.

/** The first argument, or what the figures of the bench are defined for. Errors: ends with code 2. */
export function readSize(usual: number): number {
  const given = process.argv[2]
  if (given === undefined) return usual
  const size = Number(given)
  if (size > 0 && size < 1e9) return size
  console.error(`bench: ${given} is no number above 0`)
  process.exit(2)
}
