// From a judged answer that is no success to the fault it means.
import type { CodeClass, ResponseCode } from '../response/codes.ts'
import type { Judgement } from '../response/judge.ts'
import type { Answer } from './exchange.ts'
import { CybertipFault, type FaultCode } from './fault.ts'

export function answerFault(answer: Answer, judgement: Judgement): CybertipFault {
  const { httpStatus, requestId, retryAfterMs, bytes } = answer
  const seen = {
    httpStatus,
    rawAnswer: bytes,
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
  if (judgement.by === 'status') return new CybertipFault(byStatus(judgement.class, httpStatus), seen)
  const { code } = judgement.reply
  return new CybertipFault(byCode(judgement.class, code), { ...seen, responseCode: code })
}

function byCode(kind: CodeClass, code: ResponseCode): FaultCode {
  if (typeof code !== 'number') return 'unknown_code'
  switch (kind) {
    case 'ok':
      return 'unreadable_answer'
    case 'retry':
      return 'temporarily_refused'
    case 'config':
      return 'credentials'
    case 'permanent':
      return code === 1210 ? 'wrong_endpoint' : 'not_accepted'
    case 'restart':
      return code === 5002 ? 'file_gone' : 'report_gone'
    case 'terminal':
      return code === 5102 ? 'already_finished' : 'already_retracted'
  }
}

function byStatus(kind: Extract<Judgement, { by: 'status' }>['class'], httpStatus: number): FaultCode {
  switch (kind) {
    case 'config':
      return 'credentials'
    case 'redirect':
      return 'redirected'
    case 'busy':
      return 'too_busy'
    case 'permanent':
      return httpStatus === 404 ? 'wrong_endpoint' : 'not_accepted'
    case 'unknown':
      return httpStatus >= 400 ? 'server_failed' : 'unreadable_answer'
  }
}
