// What an answer means: HTTP status and document together. CyberTipline API, section 3.2.
import { type CodeClass, codeClass } from './codes.ts'
import type { Reply, Unreadable } from './parse.ts'

export type Judgement =
  | { readonly by: 'code'; readonly class: CodeClass; readonly reply: Reply }
  /** No document helped. `unknown` is an answer that leaves open whether the call was carried out. */
  | { readonly by: 'status'; readonly class: 'config' | 'redirect' | 'busy' | 'permanent' | 'unknown' }

/**
 * 401 and 403 are about credentials whatever the document says (2016 sent 401 with code 1000, which would be retried for ever). Then the
 * code decides if there is one, then the status. 200 alone is no success, and 400 may well carry XML.
 */
export function judge(httpStatus: number, answer: Reply | Unreadable): Judgement {
  if (httpStatus === 401 || httpStatus === 403) return { by: 'status', class: 'config' }
  // Status 0 is how a fetch that hides redirects shows one.
  if (httpStatus === 0 || (httpStatus >= 300 && httpStatus < 400)) return { by: 'status', class: 'redirect' }
  if (answer.kind === 'reply') return { by: 'code', class: codeClass(answer.code), reply: answer }
  if (httpStatus === 429) return { by: 'status', class: 'busy' }
  if (httpStatus >= 400 && httpStatus < 500 && httpStatus !== 408) return { by: 'status', class: 'permanent' }
  return { by: 'status', class: 'unknown' }
}
