// A moment as people of a language write it. Always with its zone: by when one may write is no matter of guessing.

/** ms: epoch milliseconds. */
export function momentIn(language: string, ms: number): string {
  return new Intl.DateTimeFormat(language, {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: 'UTC',
    timeZoneName: 'short',
  }).format(ms)
}
