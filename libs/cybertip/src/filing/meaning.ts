// What a fault says about the report it met, as far as a filing cares.
import type { FaultFacts } from '../client/fault.ts'

/** wait: nothing yet. gone, finished, file_gone: what NCMEC says of it. refused: more of the same changes nothing. */
export function meaning(fault: FaultFacts): 'wait' | 'gone' | 'finished' | 'file_gone' | 'refused' {
  switch (fault.code) {
    case 'report_gone':
    case 'already_retracted':
      return 'gone'
    case 'already_finished':
      return 'finished'
    case 'file_gone':
      return 'file_gone'
    case 'not_accepted':
    case 'unknown_code':
      return 'refused'
    case 'wrong_address':
    case 'unreachable':
    case 'untrusted_certificate':
    case 'timed_out':
    case 'broken_off':
    case 'file_unreadable':
    case 'server_failed':
    case 'unreadable_answer':
    case 'contradictory_answer':
    case 'too_busy':
    case 'redirected':
    case 'wrong_endpoint':
    case 'credentials':
    case 'temporarily_refused':
      return 'wait'
  }
}
