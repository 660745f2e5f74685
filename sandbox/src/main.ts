/**
 * The sandbox as a process of its own, for tests that kill the server while the outside world goes on:
 *   node sandbox/src/main.ts --cybertip-port 0 --mail-port 0
 * prints one JSON line when both listen, and ends at SIGTERM or SIGINT. A port for a list service starts that one too:
 *   --hashsharing-port 0 --hashsharing-environment npo_csam --threatexchange-port 0 --list-entries 1000000 --list-seed 7
 */
import { parseArgs } from 'node:util'
import { MovedClock } from './clock/moved.ts'
import { startCybertipline } from './cybertipline/cybertipline.ts'
import type { HashEnvironment, Twin } from './hashsharing/hashsharing.ts'
import { environments, startHashSharing } from './hashsharing/hashsharing.ts'
import { startMailbox } from './mailbox/mailbox.ts'
import { startThreatExchange } from './threatexchange/threatexchange.ts'

const { values } = parseArgs({
  options: {
    'cybertip-port': { type: 'string', default: '0' },
    'mail-port': { type: 'string', default: '0' },
    'page-port': { type: 'string', default: '0' },
    'status-map': { type: 'string', default: 'default' },
    'hashsharing-port': { type: 'string' },
    'hashsharing-environment': { type: 'string', default: 'industry_csam' },
    'hashsharing-twin': { type: 'string', default: 'test' },
    'threatexchange-port': { type: 'string' },
    'list-entries': { type: 'string', default: '1000' },
    'list-seed': { type: 'string', default: '1' },
  },
})

const isEnvironment = (name: string): name is HashEnvironment => Object.hasOwn(environments, name)
const isTwin = (name: string): name is Twin => name === 'production' || name === 'test'

const environment = values['hashsharing-environment']
const twin = values['hashsharing-twin']
if (!isEnvironment(environment)) throw new Error(`--hashsharing-environment is one of ${Object.keys(environments)}`)
if (!isTwin(twin)) throw new Error('--hashsharing-twin is production or test')
const list = { entries: Number(values['list-entries']), seed: Number(values['list-seed']) }

await using cybertipline = await startCybertipline({
  clock: new MovedClock(),
  port: Number(values['cybertip-port']),
  statusMap: values['status-map'] === 'legacy200' ? 'legacy200' : 'default',
})
await using mailbox = await startMailbox({
  smtpPort: Number(values['mail-port']),
  pagePort: Number(values['page-port']),
})
const hashSharingPort = values['hashsharing-port']
await using hashSharing =
  hashSharingPort === undefined
    ? null
    : await startHashSharing({ ...list, environment, twin, port: Number(hashSharingPort) })
const threatExchangePort = values['threatexchange-port']
await using threatExchange =
  threatExchangePort === undefined ? null : await startThreatExchange({ ...list, port: Number(threatExchangePort) })

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
    ...(hashSharing && {
      hashSharing: { baseUrl: hashSharing.baseUrl, pageUrl: hashSharing.pageUrl, ...hashSharing.credentials },
    }),
    ...(threatExchange && {
      threatExchange: {
        baseUrl: threatExchange.baseUrl,
        pageUrl: threatExchange.pageUrl,
        accessToken: threatExchange.accessToken,
        group: threatExchange.group,
      },
    }),
  }),
)

await ended
