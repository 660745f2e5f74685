// What `wardline sandbox` says: first of all that nothing reaches NCMEC, then where everything is and what to try.
import type { CallRecord, SandboxUser } from '@wardline/sandbox'
import { tint } from '../tint.ts'
import { wrap } from '../wrap.ts'
import type { Services } from './open.ts'
import type { Asked } from './options.ts'

const nothing = 'SANDBOX: nothing sent here reaches NCMEC, and nobody is told of it.'

export function opening(
  { cybertipline, users, hashSharing, threatExchange, mailbox }: Services,
  asked: Asked,
): string[] {
  const { baseUrl, pageUrl } = cybertipline
  const { user, password } = cybertipline.credentials
  const inspect = pageUrl.replace(/\/$/, '')
  return [
    tint('yellow', tint('bold', nothing)),
    ...(asked.allowBeyondLoopback
      ? [tint('red', 'Other machines can reach it: a real report sent here is lost.')]
      : []),
    '',
    ...places('CyberTipline', [
      ['base URL', baseUrl],
      ...users.map((one): [string, string] => ['user', userWords(one)]),
      ['look', `${inspect}/  (a page for people)`],
      ['inspect', `${inspect}/inspect/{reports,incidents,orphans,verdict,calls}`],
      ['faults', `POST ${inspect}/inspect/faults`],
      ['clock', `POST ${inspect}/inspect/clock  {"advanceMs": 86400000} lets a day pass`],
    ]),
    ...(hashSharing
      ? places('Hash Sharing (invented entries)', [
          ['base URL', hashSharing.baseUrl],
          ['user', `${hashSharing.credentials.user}, password ${hashSharing.credentials.password}`],
          ['inspect', `${hashSharing.pageUrl}{state,census,entries}`],
        ])
      : []),
    ...(threatExchange
      ? places('ThreatExchange (invented entries)', [
          ['base URL', threatExchange.baseUrl],
          ['token', threatExchange.accessToken],
          ['group', threatExchange.group],
          ['inspect', `${threatExchange.pageUrl}{state,census,entries}`],
        ])
      : []),
    ...(mailbox
      ? places('Mailbox (delivers to nobody)', [
          ['SMTP', mailbox.smtpUrl],
          ['look', mailbox.pageUrl],
        ])
      : []),
    ...yamlOf({ cybertipline, hashSharing, mailbox }),
    `Try it:  curl -u ${user}:${password} ${baseUrl}/status`,
    ...wrap(
      'A whole filing by curl, every fault and every option: docs/sandbox.md. Ctrl-C ends it; all it took is forgotten then.',
      80,
    ),
  ]
}

/** Ready to be put into wardline.yaml, for a trial: who reports and who writes are invented. */
function yamlOf({ cybertipline, hashSharing, mailbox }: Pick<Services, 'cybertipline' | 'hashSharing' | 'mailbox'>) {
  const { user, password } = cybertipline.credentials
  return [
    tint('bold', 'For wardline.yaml'),
    '  environment: sandbox',
    '  cybertip:',
    `    baseUrl: ${cybertipline.baseUrl}`,
    `    username: ${user}`,
    `    password: ${password}`,
    '    reporter: { email: trust-and-safety@example.org }',
    ...(mailbox ? ['  mail:', `    smtpUrl: ${mailbox.smtpUrl}`, '    from: Example <no-reply@example.org>'] : []),
    ...(hashSharing
      ? [
          '  lists:',
          '    ncmec:',
          '      kind: ncmec',
          '      feed: industry_csam',
          `      baseUrl: ${hashSharing.baseUrl}`,
          `      username: ${hashSharing.credentials.user}`,
          `      password: ${hashSharing.credentials.password}`,
        ]
      : []),
    ...(mailbox ? [] : ['  # with --mailbox also a mail server, for notices']),
    '',
  ]
}

function places(title: string, rows: readonly (readonly [string, string])[]): string[] {
  return [tint('bold', title), ...rows.map(([name, value]) => `  ${name.padEnd(9)} ${value}`), '']
}

const userWords = ({ user, password, rights }: SandboxUser): string =>
  `${user}, password ${password}, may ${rights.length === 0 ? 'only ask /status and /xsd' : rights.join(' and ')}`

/** Ids of the sandbox's own, codes and times: nothing that a report holds. */
export function callLine({ route, status, code, about, requestId, fault, endedAt }: CallRecord): string {
  const answer = status === null ? 'cut' : `HTTP ${status}${code === null ? '' : `, code ${code}`}`
  return [
    new Date(endedAt).toISOString(),
    route.padEnd(8),
    answer,
    // As the caller named it, whatever that was.
    ...(about !== null && /^\d{1,19}$/.test(about) ? [`report ${about}`] : []),
    ...(fault === null ? [] : [`fault ${fault}`]),
    requestId,
  ].join('  ')
}
