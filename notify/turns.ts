// Work of which one run at a time may be under way for one subject, and which finds by itself what there is to do. The
// queue's own named queues would do this, too; but a queue asks for its next job before the last is marked as done,
// finds its own lock, and looks again only at its next poll (docs/decisions/0028).

export type Turns = {
  /**
   * Runs the work for this subject. While it runs, another call makes it run once more, and returns at once: a job
   * that comes meanwhile keeps no place of the queue. Errors: the work's own; to the call that began it.
   */
  readonly take: (subject: string) => Promise<void>
  /** Resolves when nothing is under way any more. */
  readonly settled: () => Promise<void>
}

type Turn = { isWanted: boolean; done: Promise<void> }

export function createTurns(work: (subject: string) => Promise<void>): Turns {
  const turns = new Map<string, Turn>()
  const run = async (subject: string, turn: Turn) => {
    try {
      do {
        turn.isWanted = false
        await work(subject)
      } while (turn.isWanted)
    } finally {
      // In the same breath as the last look at isWanted, so that no call falls between.
      turns.delete(subject)
    }
  }
  const take = async (subject: string) => {
    const known = turns.get(subject)
    if (known) {
      known.isWanted = true
      return
    }
    const turn: Turn = { isWanted: false, done: Promise.resolve() }
    turns.set(subject, turn)
    turn.done = run(subject, turn)
    await turn.done
  }
  const settled = async () => {
    await Promise.allSettled([...turns.values()].map((turn) => turn.done))
  }
  return { take, settled }
}
