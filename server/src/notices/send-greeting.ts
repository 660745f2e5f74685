// Who answers at the mail server's port? Outside production it must be the sandbox's mailbox: a machine's own mail server
// listens on loopback too, and would carry a trial's mail to people.
import { connect, type Socket } from 'node:net'

/** The word by which the sandbox's mailbox greets (RFC 5321, section 4.2): nothing else on a machine says it. */
const word = 'wardline-sandbox-mailbox'
const patienceMs = 10_000
const longestGreeting = 1_000

export type Answerer = 'sandbox' | 'other' | 'nobody'

/** Opens a connection of its own, reads the first line, says QUIT. Never rejects. */
export function whoAnswers({ host, port }: { readonly host: string; readonly port: number }): Promise<Answerer> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    let heard = ''
    const end = (answerer: Answerer) => {
      leave(socket)
      resolve(answerer)
    }
    socket.setEncoding('latin1').setTimeout(patienceMs)
    socket.on('data', (chunk: string) => {
      heard += chunk
      const [line, ...rest] = heard.split('\r\n')
      if (rest.length > 0 || heard.length > longestGreeting) end(isSandbox(line ?? '') ? 'sandbox' : 'other')
    })
    // A server that says nothing is none of the sandbox's: its mailbox speaks first, as SMTP asks.
    socket
      .on('timeout', () => end('other'))
      .on('error', () => end('nobody'))
      .on('close', () => end('nobody'))
  })
}

const isSandbox = (line: string): boolean => /^220[ -]/.test(line) && line.split(/\s+/).includes(`${word}:`)

function leave(socket: Socket): void {
  socket.setTimeout(0)
  socket.end('QUIT\r\n')
  socket.destroySoon()
}
