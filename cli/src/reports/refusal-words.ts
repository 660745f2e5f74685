// What the CyberTipline's answer to /status means where it is none that lets us in, and what to do about it.
import { codeWords, type Way } from '@wardline/server/reports'

type Client = Extract<Way, { kind: 'client' }>['client']
type Refusal = Extract<Awaited<ReturnType<Client['status']>>, { kind: 'fault' }>

export function refusalWords(fault: Refusal): readonly string[] {
  const { message, httpStatus, responseCode, requestId } = fault
  return [
    message,
    ...(responseCode === undefined ? [] : [codeWords(responseCode)]),
    ...(httpStatus === undefined ? [] : [`HTTP status ${httpStatus}`]),
    ...(requestId === undefined ? [] : [`Request-ID: ${requestId} (name it when you write to NCMEC)`]),
    `What to do: ${refusalTodo(fault)}`,
  ]
}

export function refusalTodo({ code }: Refusal): string {
  switch (code) {
    case 'credentials':
      return 'check cybertip.username and cybertip.password; they are of one environment only. Ask NCMEC when they are right.'
    case 'unreachable':
    case 'timed_out':
    case 'broken_off':
      return 'check the way out of this machine: name service, proxy, firewall. Reports wait meanwhile and are tried again.'
    case 'untrusted_certificate':
      return 'somebody stands between this machine and NCMEC, or its certificates are out of date; nothing was sent.'
    case 'redirected':
    case 'wrong_endpoint':
    case 'wrong_address':
      return 'the address is not the CyberTipline; in the sandbox see cybertip.baseUrl.'
    default:
      return 'wait, and try again. Reports wait meanwhile and are tried again.'
  }
}
