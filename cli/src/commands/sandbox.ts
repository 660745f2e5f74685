// `wardline sandbox`: a strict stand-in for the CyberTipline, for whatever client somebody wants to try. Needs no configuration.
import type { CallRecord, Cybertipline } from '@wardline/sandbox'
import { Command, Option } from 'commander'
import { type Exit, ending, fine } from '../exit.ts'
import { openServices, type Services } from '../sandbox/open.ts'
import {
  type Asked,
  collected,
  faultOf,
  port,
  readFaults,
  share,
  statusOf,
  userOf,
  whole,
  wholePattern,
} from '../sandbox/options.ts'
import { callLine, opening } from '../sandbox/telling.ts'
import { onSignals } from '../signals.ts'

interface Options extends Asked {
  readonly calls?: true
  readonly json?: true
}

/** Beside the server's own 8080, and unlikely to be anybody else's. */
const usualPort = 8460

export function sandboxCommand(): Command {
  const or = (flags: string, words: string, choices: readonly string[]) =>
    new Option(flags, words).choices(choices).default(choices[0])
  return (
    new Command('sandbox')
      .description(
        'a strict stand-in for the CyberTipline, on this machine: try any client on it. Nothing reaches NCMEC',
      )
      .option(
        '--port <port>',
        'where the CyberTipline listens, 0 for any; further services take the next ones',
        port,
        usualPort,
      )
      .option('--host <address>', 'address to listen at', '127.0.0.1')
      .option('--allow-beyond-loopback', 'let other machines reach it; say so only where no real report can go astray')
      .option('--hash-sharing', 'also NCMEC Hash Sharing, with invented entries')
      .option('--threat-exchange', 'also ThreatExchange, with invented entries')
      .option('--mailbox', 'also a mail server that delivers to nobody')
      .option(
        '--user <who>',
        'RIGHTS:NAME:PASSWORD, rights being all, submit, update or none; several',
        collected(userOf),
      )
      .option(
        '--fault <what>',
        'ROUTE=FAULT met by the next call of that route; several, in their order',
        collected(faultOf),
      )
      .option('--faults <file>', 'JSON as for POST /inspect/faults: one object, or a list of them')
      .option('--random-faults <share>', 'the share of calls, 0 to 1, that fail by a plan out of the seed', share)
      .option('--seed <number>', 'of that plan', whole, 1)
      // Each is an open question about the real service; the first is the likelier answer.
      .addOption(or('--status-map <map>', 'HTTP status beside each code', ['default', 'legacy200']))
      .option('--status <what>', 'CODE=HTTP, another status for one code; several', collected(statusOf))
      .addOption(or('--unauthorised <body>', 'what a 401 holds', ['empty', 'xml']))
      .addOption(or('--charset <name>', 'what the Content-Type says; the bytes are UTF-8', ['UTF-8', 'ISO-8859-1']))
      .addOption(or('--schema-error-code <code>', 'of a document against the schema', ['4100', '4110']))
      .addOption(or('--expired-code <code>', 'of a call on an expired report', ['5001', '5101']))
      .addOption(or('--second-fileinfo <how>', 'of the same file', ['4000', 'allow']))
      .option('--drift', 'take the elements seen in newer reports')
      .option('--known-report <id>', 'the only ids that priorCTReports may name; several', collected(String))
      .option('--base-path <path>', 'under which the API lies', '/ispws')
      .option(
        '--incident-pattern <regex>',
        'what in a report names its incident; else the reported espIdentifier',
        wholePattern,
      )
      .option('--calls', 'print a line for each call')
      .option('--json', 'print JSON: one line once it listens, and with --calls one for each call')
      .action(ending(sandbox))
  )
}

async function sandbox({ calls, json, ...asked }: Options): Promise<Exit> {
  const signals = onSignals({ orClosedOutput: true })
  const wishes = await readFaults(asked)
  const tell = (call: CallRecord) => console.log(json ? JSON.stringify(withoutNames(call)) : callLine(call))
  await using services = await openServices(asked, wishes, calls ? tell : undefined)
  if (json) console.log(JSON.stringify(inJson(services)))
  else for (const line of opening(services, asked)) console.log(line)
  await signals.first
  return fine
}

/** A user's id is nobody's business in a log. */
const withoutNames = ({ incident: _, ...call }: CallRecord) => call

function inJson({ cybertipline, hashSharing, threatExchange, mailbox, users }: Services): object {
  return {
    pid: process.pid,
    reachesNcmec: false,
    cybertipline: { ...placesOf(cybertipline), users },
    ...(hashSharing && {
      hashSharing: { baseUrl: hashSharing.baseUrl, inspectUrl: hashSharing.pageUrl, ...hashSharing.credentials },
    }),
    ...(threatExchange && {
      threatExchange: {
        baseUrl: threatExchange.baseUrl,
        inspectUrl: threatExchange.pageUrl,
        accessToken: threatExchange.accessToken,
        group: threatExchange.group,
      },
    }),
    ...(mailbox && { mailbox: { smtpUrl: mailbox.smtpUrl, inspectUrl: mailbox.pageUrl } }),
  }
}

const placesOf = ({ baseUrl, pageUrl, credentials }: Cybertipline) => ({ baseUrl, inspectUrl: pageUrl, ...credentials })
