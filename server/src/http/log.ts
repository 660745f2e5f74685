// The log: JSON lines for machines. Fields pass a sieve, so that a slip elsewhere cannot write what must not be written.
import { pino } from 'pino'
import { type Environment, Fault, isProduction, type Log, NOTHING_IS_REPORTED } from '#base'

export interface LogSettings {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly environment: Environment
  /** Standard output unless told otherwise. */
  readonly destination?: { write(line: string): void } | undefined
}

/** The first line says the environment, whatever the level. */
export function openLog({ level, environment, destination }: LogSettings): Log {
  const options = { level, base: { environment }, timestamp: pino.stdTimeFunctions.isoTime }
  const logger = destination === undefined ? pino(options) : pino(options, destination)
  const first = logger.child({}, { level: 'info' })
  if (isProduction(environment)) first.info('Wardline starts in production')
  else first.warn(`Wardline starts; the environment is "${environment}": ${NOTHING_IS_REPORTED}`)
  return {
    info: (fields, words) => logger.info(sieve(fields), sieveText(words)),
    warn: (fields, words) => logger.warn(sieve(fields), sieveText(words)),
    error: (fields, words) => logger.error(sieve(fields), sieveText(words)),
  }
}

/** Keys whose text is never written, whoever logs it; numbers and truths under them are counts and pass. */
const hidden = new Set(
  (
    'authorization cookie headers body password secret token apikey email mail filename name screenname displayname ' +
    'userid accountid account context hash hashes md5 sha1 sha256 pdq digest digests value entryid url profileurl ip'
  ).split(' '),
)

const deepest = 6

function sieve(fields: Record<string, unknown>, depth = 0): Record<string, unknown> {
  const passed: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fields)) {
    const plain = typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined
    passed[key] =
      !plain && hidden.has(key.replaceAll(/[-_]/g, '').toLowerCase()) ? '[redacted]' : sieveValue(value, depth)
  }
  return passed
}

function sieveValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return sieveText(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value
  if (depth >= deepest) return '[deep]'
  if (value instanceof Error) return errorWords(value, depth)
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return '[bytes]'
  if (Array.isArray(value)) return value.slice(0, 100).map((one) => sieveValue(one, depth + 1))
  return sieve(Object.fromEntries(Object.entries(value)), depth + 1)
}

/** What looks like a hash, an address or a key of ours. Our ids and the vault's fingerprint (16 hex digits) pass. */
function sieveText(text: string): string {
  return text
    .replaceAll(/(?<![0-9a-z])[0-9a-f]{32,}(?![0-9a-z])/gi, '[hex]')
    .replaceAll(/[^\s"'<>@]+@[^\s"'<>@]+\.[^\s"'<>@]+/g, '[address]')
    .replaceAll(/\bwl_[\w-]{20,}/g, '[key]')
}

/** A fault's message is safe by promise. Another error's may quote what it choked on: its name and place must do. */
function errorWords(error: Error, depth: number): Record<string, unknown> {
  const code = 'code' in error && typeof error.code === 'string' ? sieveText(error.code) : undefined
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return {
    error: error.name,
    code,
    words: error instanceof Fault ? sieveText(error.message) : undefined,
    frames: frames.slice(0, 12).map((line) => line.trim()),
    cause: error.cause === undefined ? undefined : sieveValue(error.cause, depth + 1),
  }
}
