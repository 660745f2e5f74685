// What `wardline sandbox` is told on the command line, read into what the sandbox takes. A wrong word is answered with the right ones.
import { readFile } from 'node:fs/promises'
import {
  type CybertiplineOptions,
  type FaultLike,
  faultKinds,
  type Route,
  routes,
  type SandboxUser,
  type Wish,
} from '@wardline/sandbox'
import { InvalidArgumentError } from 'commander'
import { usage } from '../words.ts'

export interface Asked {
  readonly port: number
  readonly host: string
  readonly allowBeyondLoopback?: true
  readonly hashSharing?: true
  readonly threatExchange?: true
  readonly mailbox?: true
  readonly user?: readonly SandboxUser[]
  readonly fault?: readonly Wish[]
  readonly faults?: string
  readonly randomFaults?: number
  readonly seed: number
  readonly statusMap: 'default' | 'legacy200'
  readonly status?: readonly (readonly [code: number, status: number])[]
  readonly unauthorised: 'empty' | 'xml'
  readonly charset: 'UTF-8' | 'ISO-8859-1'
  readonly schemaErrorCode: '4100' | '4110'
  readonly expiredCode: '5001' | '5101'
  readonly secondFileinfo: '4000' | 'allow'
  readonly drift?: true
  readonly knownReport?: readonly string[]
  readonly basePath: string
  readonly incidentPattern?: RegExp
}

export function optionsOf(asked: Asked): CybertiplineOptions {
  const { port, host, allowBeyondLoopback = false, user, status, knownReport, incidentPattern } = asked
  return {
    port,
    host,
    allowBeyondLoopback,
    ...(user && { users: user }),
    statusMap: status ? Object.fromEntries(status) : asked.statusMap,
    unauthorisedBody: asked.unauthorised,
    charsetHeader: asked.charset,
    schemaErrorCode: asked.schemaErrorCode === '4110' ? 4110 : 4100,
    expiredCode: asked.expiredCode === '5101' ? 5101 : 5001,
    secondFileinfo: asked.secondFileinfo === 'allow' ? 'allow' : 4000,
    acceptDrift: asked.drift ?? false,
    ...(knownReport && { knownReportIds: knownReport }),
    basePath: `/${asked.basePath.replace(/^\/+|\/+$/g, '')}`,
    ...(incidentPattern && { incidentPattern }),
  }
}

/** All faults that were asked for, in their order; read before anything listens. */
export async function readFaults({ fault = [], faults, randomFaults, seed }: Asked): Promise<readonly unknown[]> {
  const file = faults === undefined ? [] : await wishesIn(faults)
  return [...fault, ...file, ...(randomFaults === undefined ? [] : [{ plan: { seed, share: randomFaults } }])]
}

async function wishesIn(file: string): Promise<readonly unknown[]> {
  const text = await readFile(file, 'utf8')
  try {
    const wishes: unknown = JSON.parse(text)
    return Array.isArray(wishes) ? wishes : [wishes]
  } catch {
    throw usage(`${file} holds no JSON`)
  }
}

/** For an option that may be given several times. */
export const collected =
  <T>(read: (text: string) => T) =>
  (text: string, before: readonly T[] | undefined): readonly T[] => [...(before ?? []), read(text)]

const rights = { all: ['submit', 'update'], submit: ['submit'], update: ['update'], none: [] } as const

export function userOf(text: string): SandboxUser {
  const [, right = '', user = '', password = ''] = /^([^:]*):([^:]+):(.+)$/.exec(text) ?? []
  if (!isKey(rights, right))
    throw new InvalidArgumentError('RIGHTS:NAME:PASSWORD is wanted, RIGHTS being all, submit, update or none.')
  return { user, password, rights: rights[right] }
}

export function faultOf(text: string): Wish {
  const [route, kind, ...more] = text.split('=')
  if (!isRoute(route)) throw new InvalidArgumentError(`ROUTE=FAULT is wanted, ROUTE being one of ${routes.join(' ')}.`)
  if (!isFault(kind) || more.length > 0) {
    throw new InvalidArgumentError(
      `FAULT is one of ${plainFaults.join(' ')}. Those with numbers of their own go into --faults.`,
    )
  }
  return { route, fault: kind }
}

export function statusOf(text: string): readonly [number, number] {
  const [, code, status] = /^(\d+)=([2-5]\d\d)$/.exec(text) ?? []
  if (code === undefined) throw new InvalidArgumentError('CODE=HTTP is wanted, e.g. 5102=409.')
  return [Number(code), Number(status)]
}

export function port(text: string): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number > 65_535)
    throw new InvalidArgumentError('A port is a number up to 65535; 0 takes any free one.')
  return number
}

export function share(text: string): number {
  const number = Number(text)
  if (text === '' || !(number >= 0 && number <= 1))
    throw new InvalidArgumentError('A share is a number between 0 and 1.')
  return number
}

export function whole(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidArgumentError('A whole number is wanted.')
  return Number(text)
}

export function wholePattern(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch {
    throw new InvalidArgumentError('That is no regular expression.')
  }
}

const plainFaults = faultKinds.filter((kind) => kind !== 'code')
const isRoute = (text: string | undefined): text is Route => routes.some((route) => route === text)
const isFault = (text: string | undefined): text is Extract<FaultLike, string> =>
  plainFaults.some((kind) => kind === text)
const isKey = <T extends object>(table: T, text: string): text is Extract<keyof T, string> => Object.hasOwn(table, text)
