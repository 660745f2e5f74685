// One case whose seal is broken must not keep the others from what they wait for.
import { Fault } from '#base'

/** Undefined when what is kept of it is broken; while the key or the database is away nothing is known of it. */
export async function orUnreadable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof Fault && error.code === 'seal_broken') return undefined
    throw error
  }
}
