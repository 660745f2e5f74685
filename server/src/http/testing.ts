// For tests: this door with real keys in a real database, and behind it stages that remember what they were asked.
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { addPerson, createKey, identify, type Role, type Scope } from '#access'
import { type Clock, type Log, systemClock } from '#base'
import { type Database, migrate, openDatabase } from '#db'
import { emptyDatabase } from '../db/testing.ts'
import { type Http, type HttpSettings, openHttp, openLog, type ScanCall, type Stages } from './http.ts'

export const settings: HttpSettings = {
  environment: 'sandbox',
  server: { host: '127.0.0.1', port: 0, bodyLimitMb: 1, filesPerScan: 3 },
  metrics: { port: 0 },
  limits: { scansPerMinutePerKey: 1000 },
}

export const version = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  .version as string

const unasked = () => Promise.reject(new Error('this test did not expect to be asked'))

/** Stages that answer `clear`, know no case, and are ready. */
export class MemoryStages implements Stages {
  readonly scans: ScanCall[] = []
  readonly appeals: { token: string; words: string }[] = []
  looks = 0

  scan: Stages['scan'] = async (call) => {
    this.scans.push(call)
    const results = call.images.map((_, i) => ({ id: `scan_${this.scans.length}_${i}`, verdict: 'clear' as const }))
    const [first] = results
    return { kind: 'answered', answer: first && results.length === 1 ? first : { verdict: 'clear', results } }
  }
  scanState: Stages['scanState'] = async (_id: string) => 'unknown'
  addContext: Stages['addContext'] = unasked
  listCases: Stages['listCases'] = async () => []
  showCase: Stages['showCase'] = unasked
  confirmCase: Stages['confirmCase'] = unasked
  dismissCase: Stages['dismissCase'] = unasked
  closeCase: Stages['closeCase'] = unasked
  readonly entries: Stages['entries'] = {
    listCorrections: async () => [],
    proposeCorrection: unasked,
    answerCorrection: unasked,
    listSetAsides: async () => [],
    answerSetAside: unasked,
    decideSetAside: unasked,
    listFeedback: async () => [],
    approveFeedback: unasked,
    refuseFeedback: unasked,
  }
  readonly repairs: { -readonly [K in keyof Stages['repairs']]: Stages['repairs'][K] } = {
    list: async () => [],
    show: unasked,
    answer: unasked,
    again: unasked,
    report: unasked,
    letter: unasked,
    letterSent: unasked,
    restored: unasked,
    secondLook: unasked,
  }
  readonly notices: Stages['notices'] = {
    list: async () => [],
    show: unasked,
    release: unasked,
    due: async () => ({ environment: 'sandbox', notices: [], next: null }),
    delivered: unasked,
    undeliverable: unasked,
    holds: async () => [],
    hold: unasked,
    endHold: unasked,
  }
  readonly events: Stages['events'] = {
    readEvents: async ({ after }) => ({ events: [], next: after }),
    takeEvents: async () => 0,
    showEvent: unasked,
    replayEvent: unasked,
  }
  readonly hearing: { -readonly [K in keyof Stages['hearing']]: Stages['hearing'][K] } = {
    enter: unasked,
    standing: unasked,
    list: async () => [],
    show: unasked,
    next: async () => null,
    decide: unasked,
    handBack: unasked,
  }
  foreseeBatch: Stages['foreseeBatch'] = unasked
  batchCases: Stages['batchCases'] = unasked
  listReports: Stages['listReports'] = async () => []
  showReport: Stages['showReport'] = unasked
  retryReport: Stages['retryReport'] = unasked
  /** Of the one notice that is known. */
  locale: string | null = null
  appealPage: Stages['appealPage'] = async (token) => {
    this.looks += 1
    return token === 'known' ? { locale: this.locale, appealBy: Date.UTC(2027, 4, 21, 14, 5) } : 'no_such_link'
  }
  recordAppeal: Stages['recordAppeal'] = async (token, words) => {
    if (token !== 'known') return 'no_such_link'
    this.appeals.push({ token, words })
    return 'recorded'
  }
  readStats: Stages['readStats'] = unasked
  ready: Stages['ready'] = async () => [{ name: 'database', ok: true, words: 'answers' }]
  gauges: Stages['gauges'] = async () => ({
    jobs: { waiting: 1, running: 0, dead: 2 },
    cases: { waiting_review: 3 },
    reports: { finished: 4 },
    lists: {
      loaded: 1,
      entries: 5,
      version: 6,
      bytes: 700,
      ageMs: 8000,
      byList: [{ id: 'drawn', entries: 5 }],
      fetched: [],
      tooOld: 0,
    },
    appeals: { all: 4, open: 2, overdue: 1 },
    letters: {
      byState: { waiting: 1, threaded: 2, attached: 0, dismissed: 0, noted: 3 },
      left: 4,
      unreachableMs: 5000,
    },
    entries: {
      setAside: { set_aside: 1, kept: 2, released: 3 },
      setAsideOverdue: 1,
      corrections: { proposed: 1, inForce: 2, overdue: 1 },
      feedback: { waiting: 5 },
      shadowed: { csam: 6 },
      silenced: 7,
      canaries: 8,
    },
    filing: { line: 'open', late: 0, undecidedDay: 0, undecidedTwoDays: 0, alertsUnsent: 0 },
    notices: { byState: { waiting: 1, sending: 0, sent: 9, not_sent: 2, dead: 3 }, unreleased: 1, overdue: 0 },
    events: { waiting: 1, delivered: 2, given_up: 3, kept: 4, failingMs: 5000 },
    paused: true,
    tests: { cases: 0, windowClosesAt: null },
    vault: { keys: 1, uncopied: 1, left: 0 },
  })
}

/** An open door; closes with everything behind it. `log` holds the text of every line written. */
export class Door implements AsyncDisposable {
  readonly http: Http
  readonly stages: MemoryStages
  readonly log: string[]
  readonly #database: Database
  readonly #clock: Clock

  private constructor(http: Http, stages: MemoryStages, log: string[], database: Database, clock: Clock) {
    this.http = http
    this.stages = stages
    this.log = log
    this.#database = database
    this.#clock = clock
  }

  static async open(
    change: { [Group in keyof HttpSettings]?: HttpSettings[Group] | Partial<HttpSettings[Group]> } = {},
    { clock = systemClock, stages = new MemoryStages() }: { clock?: Clock; stages?: MemoryStages } = {},
  ): Promise<Door> {
    const merged: HttpSettings = {
      environment: change.environment === 'production' ? 'production' : 'sandbox',
      server: { ...settings.server, ...change.server },
      metrics: { ...settings.metrics, ...change.metrics },
      limits: { ...settings.limits, ...change.limits },
      notices: { ...change.notices },
      cybertip: { ...change.cybertip },
    }
    const database = openDatabase(await emptyDatabase('sqlite'))
    await migrate(database)
    const lines: string[] = []
    const destination = { write: (line: string) => void lines.push(line) }
    const log: Log = openLog({ level: 'info', environment: merged.environment, destination })
    const who = (presented: string) => identify(database.read, clock, presented)
    const http = await openHttp({ settings: merged, version, log, clock, identify: who, stages })
    return new Door(http, stages, lines, database, clock)
  }

  get url(): string {
    return this.http.url
  }

  /** A service's key. */
  async key(scopes: readonly Scope[], expiresAt?: number): Promise<string> {
    const { secret } = await this.#database.transact((tx) =>
      createKey(tx, this.#clock, { label: 'test', scopes, ...(expiresAt === undefined ? {} : { expiresAt }) }),
    )
    return secret
  }

  /** A person's key. */
  async personKey(role: Role, scopes: readonly Scope[]): Promise<string> {
    const { secret } = await this.#database.transact(async (tx) => {
      const person = await addPerson(tx, this.#clock, { name: 'A', email: `${role}@example.org`, roles: [role] })
      return createKey(tx, this.#clock, { label: 'test', personId: person.id, scopes })
    })
    return secret
  }

  ask(path: string, key: string | undefined, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (key !== undefined) headers.set('authorization', `Bearer ${key}`)
    return fetch(`${this.url}${path}`, { redirect: 'manual', ...init, headers })
  }

  scan(
    key: string | undefined,
    body: NonNullable<RequestInit['body']>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const typed = body instanceof FormData ? {} : { 'content-type': 'image/png' }
    return this.ask('/v1/scans', key, { method: 'POST', body, headers: { ...typed, ...headers } })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.http.close(1_000)
    await this.#database.close()
  }
}

export async function connected(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return socket
}

export function everything(socket: Socket): Promise<string> {
  let text = ''
  return new Promise((resolve) => {
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
}
