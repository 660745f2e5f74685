/**
 * The sandbox as a process of its own, for tests that kill the server while the outside world goes on:
 *   node sandbox/src/main.ts --cybertip-port 0 --mail-port 0
 * prints one JSON line when both listen, and ends at SIGTERM or SIGINT.
 */
import { parseArgs } from 'node:util'
import { startCybertipline } from './cybertipline/cybertipline.ts'
import { startMailbox } from './mailbox/mailbox.ts'

const { values } = parseArgs({
  options: {
    'cybertip-port': { type: 'string', default: '0' },
    'mail-port': { type: 'string', default: '0' },
    'page-port': { type: 'string', default: '0' },
    'status-map': { type: 'string', default: 'default' },
  },
})

await using cybertipline = await startCybertipline({
  port: Number(values['cybertip-port']),
  statusMap: values['status-map'] === 'legacy200' ? 'legacy200' : 'default',
})
await using mailbox = await startMailbox({
  smtpPort: Number(values['mail-port']),
  pagePort: Number(values['page-port']),
})

const ended = new Promise((resolve) => {
  process.once('SIGTERM', resolve)
  process.once('SIGINT', resolve)
})

const { baseUrl, pageUrl, credentials } = cybertipline
const { smtpUrl } = mailbox
console.log(
  JSON.stringify({
    pid: process.pid,
    cybertipline: { baseUrl, pageUrl, ...credentials },
    mailbox: { smtpUrl, pageUrl: mailbox.pageUrl },
  }),
)

await ended
