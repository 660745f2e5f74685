// What a folder may ask of a log. Lines carry ids and counts, never a hash, a file name, an account or an address.

export interface Log {
  info(fields: Record<string, unknown>, words: string): void
  warn(fields: Record<string, unknown>, words: string): void
  error(fields: Record<string, unknown>, words: string): void
}
