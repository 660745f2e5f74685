// NCMEC's response codes and what each asks of the caller. CyberTipline API, section 3.1; the list is declared incomplete.

/**
 * ok; retry the same call later; config: credentials or rights, stop and tell an operator; permanent: this request will never be
 * accepted; restart with a new report; terminal: the report has already ended.
 */
export type CodeClass = 'ok' | 'retry' | 'config' | 'permanent' | 'restart' | 'terminal'

const codes = {
  0: 'ok',
  1000: 'retry',
  1100: 'retry',
  1110: 'retry',
  1111: 'retry',
  1210: 'permanent',
  1300: 'retry',
  2000: 'config',
  3000: 'config',
  3100: 'config',
  3300: 'config',
  4000: 'permanent',
  4100: 'permanent',
  4110: 'permanent',
  4200: 'permanent',
  5001: 'restart',
  5002: 'restart',
  5101: 'terminal',
  5102: 'terminal',
} as const satisfies { readonly [code: number]: CodeClass }

export type KnownCode = keyof typeof codes
/** A code this version does not know keeps its number. */
export type ResponseCode = KnownCode | { readonly unknown: number }

export function responseCode(n: number): ResponseCode {
  return isKnown(n) ? n : { unknown: n }
}

/** An unknown code is permanent: asking again what nobody understands helps less than a person does. */
export function codeClass(code: ResponseCode): CodeClass {
  return typeof code === 'number' ? codes[code] : 'permanent'
}

function isKnown(n: number): n is KnownCode {
  return Object.hasOwn(codes, n)
}
