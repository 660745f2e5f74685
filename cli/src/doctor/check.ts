// What the doctor says about one thing: how it stands, and what to do where it does not stand well.

export interface Check {
  readonly name: string
  readonly standing: 'ok' | 'warn' | 'fail'
  readonly words: string
  /** What to do about it. */
  readonly todo?: string
}

export const ok = (name: string, words: string): Check => ({ name, standing: 'ok', words })
export const warn = (name: string, words: string, todo: string): Check => ({ name, standing: 'warn', words, todo })
export const fail = (name: string, words: string, todo: string): Check => ({ name, standing: 'fail', words, todo })

/** Rejects when the other side stays silent for too long. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} seconds`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
