/** Ways in which the service can fail a caller on purpose (CyberTipline API, section 8.10). */

/**
 * `processed` says whether the request took effect before the answer went wrong; that is what makes an outcome ambiguous.
 * - delay: waits ms on the sandbox's clock, and/or for `until`; then answers normally. Takes effect after the wait, and not at
 *   all if the caller gives up first; with processed: true it takes effect before the wait.
 * - drop_before / drop_after: the connection is cut before or after the request took effect; no answer.
 * - drop_midway: takes effect; the connection is cut in the middle of the answer's body.
 * - truncated_xml: takes effect; half of the answer's bytes arrive, as a complete HTTP body.
 * - html_page: some proxy's page instead (default 500, not processed).
 * - too_many_requests, bad_gateway, unavailable: 429 (Retry-After, default 1), 502, 503; not processed unless said.
 * - wrong_md5: /upload takes effect, the hash in the answer is of other bytes.
 * - duplicate_file_id: /upload takes effect, the answer names an earlier file's id.
 * - code: answers this code (default: as named), not processed unless said. unknown_code is code 4999.
 * - extra_elements: takes effect; the answer carries elements nobody knows.
 * - report_response_root: /finish takes effect, but answers with a reportResponse.
 */
export type Fault =
  | { readonly kind: 'delay'; readonly ms?: number; readonly until?: Promise<unknown>; readonly processed?: boolean }
  | { readonly kind: 'drop_before' | 'drop_after' | 'drop_midway' }
  | { readonly kind: 'truncated_xml' | 'wrong_md5' | 'duplicate_file_id' }
  | { readonly kind: 'extra_elements' | 'report_response_root' }
  | { readonly kind: 'html_page'; readonly status?: number; readonly processed?: boolean }
  | {
      readonly kind: 'too_many_requests' | 'unavailable'
      readonly retryAfter?: string | number
      readonly processed?: boolean
    }
  | { readonly kind: 'bad_gateway'; readonly processed?: boolean }
  | { readonly kind: 'unknown_code'; readonly processed?: boolean }
  | { readonly kind: 'code'; readonly code: number; readonly processed?: boolean }

/** A fault, or just its kind where that says it all. */
export type FaultLike = Fault | Exclude<Fault['kind'], 'code'>

export const faultKinds = [
  'delay',
  'drop_before',
  'drop_after',
  'drop_midway',
  'truncated_xml',
  'wrong_md5',
  'duplicate_file_id',
  'extra_elements',
  'report_response_root',
  'html_page',
  'too_many_requests',
  'unavailable',
  'bad_gateway',
  'unknown_code',
  'code',
] as const satisfies readonly Fault['kind'][]

/** Whether the request takes effect although it fails. */
export const takesEffect = (fault: Fault | undefined): boolean => {
  switch (fault?.kind) {
    case 'drop_before':
      return false
    case 'html_page':
    case 'too_many_requests':
    case 'unavailable':
    case 'bad_gateway':
    case 'unknown_code':
    case 'code':
      return fault.processed ?? false
    case 'delay':
    case 'drop_after':
    case 'drop_midway':
    case 'truncated_xml':
    case 'wrong_md5':
    case 'duplicate_file_id':
    case 'extra_elements':
    case 'report_response_root':
    case undefined:
      return true
  }
}

/** Written out. Throws at anything that is no fault: what is planted may come from another process. */
export const spelled = (fault: FaultLike): Fault => {
  const whole: Fault = typeof fault === 'string' ? { kind: fault } : fault
  const known: readonly string[] = faultKinds
  if (!known.includes(whole?.kind)) {
    throw new Error(`the sandbox knows no fault ${JSON.stringify(whole?.kind)}; it knows ${faultKinds.join(' ')}`)
  }
  if (whole.kind === 'code' && !Number.isSafeInteger(whole.code)) throw new Error('the fault "code" needs its code')
  if (whole.kind === 'delay' && whole.ms !== undefined && !(whole.ms >= 0)) throw new Error('ms is a number from 0 up')
  if (whole.kind === 'html_page' && !isStatus(whole.status ?? 500)) throw new Error('an HTTP status lies in 200 to 599')
  return whole
}

const isStatus = (status: number): boolean => Number.isInteger(status) && status >= 200 && status <= 599
