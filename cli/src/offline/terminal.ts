// Where a command's words go. Tests bring their own, so that they read what a person would.

export interface Terminal {
  /** One line of the command's result. */
  out(line: string): void
  /** One line about how it went. */
  err(line: string): void
  /** Where a progress bar is drawn; undefined where nobody watches. */
  readonly bar: NodeJS.WriteStream | undefined
}

/** The process's own. */
export function openTerminal(): Terminal {
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    bar: process.stderr.isTTY ? process.stderr : undefined,
  }
}

/** A name as it may be shown: one with control characters in it could rewrite the screen. */
export function shown(name: string): string {
  return /\p{Cc}/u.test(name) ? JSON.stringify(name).replace(/\p{Cc}/gu, '?') : name
}

/** `1 image`, `1,234 images`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}
