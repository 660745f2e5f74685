// Says hello to a mail server and goodbye again (RFC 5321, section 4.1): enough to know that it is one.
import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { connect as connectTls } from 'node:tls'

const patienceMs = 9_000

/** Rejects with the system's code when nothing answers, or with other words when what answers is no mail server. */
export async function greet(url: URL): Promise<void> {
  const secure = url.protocol === 'smtps:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port) || (secure ? 465 : 587)
  const socket = secure ? connectTls({ host, port, servername: host }) : connect({ host, port })
  // Whoever accepts and then stays silent is hung up on.
  const patience = AbortSignal.timeout(patienceMs)
  patience.addEventListener('abort', () => socket.destroy())
  try {
    await once(socket, secure ? 'secureConnect' : 'connect', { signal: patience })
    const lines = createInterface({ input: socket })[Symbol.asyncIterator]()
    await expectCode(lines, '220')
    socket.write('EHLO doctor.invalid\r\n')
    await expectCode(lines, '250')
    socket.write('QUIT\r\n')
  } finally {
    socket.destroy()
  }
}

async function expectCode(lines: AsyncIterator<string>, code: string): Promise<void> {
  for (;;) {
    const { done, value } = await lines.next()
    if (done || !value.startsWith(code)) throw new Error('an unexpected answer')
    // A reply of several lines has a hyphen behind the code in all but its last one.
    if (value[3] !== '-') return
  }
}
