// Who goes at once and who goes alone. Serializable transactions that meet end each other, and the longest one loses again and again:
// whoever has lost a few times is let through alone, so that what a step found out is written down before a crash can take it.

export interface Turns {
  /** At the same time as others, behind whoever waits to go alone. */
  together<T>(work: () => Promise<T>): Promise<T>
  /** When those under way have ended, and with nobody beside it; but nobody waits for one that stands still, whichever that is. */
  alone<T>(work: () => Promise<T>): Promise<T>
}

interface Waiting {
  isAlone: boolean
  readonly go: () => void
}

/** A transaction takes milliseconds. One that stands still must not hold up the whole process, renewals of leases with it. */
const patienceMs = 2_000

/** First come, first served. Nobody may ask for a turn within a turn: it would wait for itself. */
export function openTurns(): Turns {
  const queue: Waiting[] = []
  let underWay = 0
  let isTaken = false

  const letIn = () => {
    for (let [first] = queue; first !== undefined && !isTaken; [first] = queue) {
      if (first.isAlone && underWay > 0) return
      queue.shift()
      underWay += 1
      isTaken = first.isAlone
      first.go()
    }
  }
  const turn = async <T>(wantsAlone: boolean, work: () => Promise<T>): Promise<T> => {
    const { promise: comes, resolve: go } = Promise.withResolvers<void>()
    const mine: Waiting = { isAlone: wantsAlone, go }
    queue.push(mine)
    letIn()
    // Real time on purpose, both times: it is about a machine that stands still.
    const waiting = setTimeout(() => {
      mine.isAlone = false
      letIn()
    }, patienceMs).unref()
    await comes
    clearTimeout(waiting)
    const going = setTimeout(() => {
      if (!mine.isAlone) return
      mine.isAlone = false
      isTaken = false
      letIn()
    }, patienceMs).unref()
    try {
      return await work()
    } finally {
      clearTimeout(going)
      underWay -= 1
      if (mine.isAlone) isTaken = false
      letIn()
    }
  }
  return { together: (work) => turn(false, work), alone: (work) => turn(true, work) }
}
