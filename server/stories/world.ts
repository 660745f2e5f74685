// A world for stories: a real server on a real database, with the sandbox around it and a clock that stands still.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as realWait } from 'node:timers/promises'
import type { ScanContext } from '@wardline/api'
import { pdq, toHex } from '@wardline/pdq'
import {
  type Cybertipline,
  drawPicture,
  encode,
  type Mailbox,
  type Picture,
  StillClock,
  startCybertipline,
  startMailbox,
} from '@wardline/sandbox'
import { createKey } from '#access'
import { type ConfigOverrides, loadConfig } from '#config'
import { countJobs } from '#jobs'
import { importList, type ListClass, readList } from '#lists'
import { emptyDatabase } from '../src/db/testing.ts'
import { openWardline, type Wardline } from '../src/main.ts'
import { settingsFor } from './settings.ts'

export type Kind = 'sqlite' | 'postgres'
export const kinds: readonly Kind[] = ['sqlite', 'postgres']

interface Opening {
  readonly database: Kind
  readonly config?: ConfigOverrides
}

export class World implements AsyncDisposable {
  readonly clock = new StillClock()
  readonly lines: Record<string, unknown>[] = []
  readonly cybertipline: Cybertipline
  readonly mailbox: Mailbox
  readonly folder: string
  #config: ConfigOverrides
  #wardline: Wardline | undefined
  #key = ''

  private constructor(
    outside: { cybertipline: Cybertipline; mailbox: Mailbox; folder: string; clock: StillClock },
    config: ConfigOverrides,
  ) {
    this.cybertipline = outside.cybertipline
    this.mailbox = outside.mailbox
    this.folder = outside.folder
    this.clock = outside.clock
    this.#config = config
  }

  static async open({ database, config = {} }: Opening): Promise<World> {
    const clock = new StillClock()
    const cybertipline = await startCybertipline({ clock, keepBytes: true })
    const mailbox = await startMailbox({ clock })
    const folder = await mkdtemp(join(tmpdir(), 'wardline-story-'))
    const settings = await emptyDatabase(database)
    const around = { cybertipline, mailbox, folder, clock }
    const world = new World(around, settingsFor(folder, settings, around))
    try {
      await world.start(config)
    } catch (error) {
      await world[Symbol.asyncDispose]()
      throw error
    }
    return world
  }

  get wardline(): Wardline {
    if (this.#wardline === undefined) throw new Error('the server is not running')
    return this.#wardline
  }

  get database() {
    return this.wardline.ground.database
  }

  /** Starts the server (again), with other settings on top from now on. */
  async start(other: ConfigOverrides = {}): Promise<void> {
    this.#config = merge(this.#config, other)
    const config = loadConfig({ env: {}, overrides: this.#config, folder: this.folder })
    const write = (level: string) => (fields: Record<string, unknown>, words: string) =>
      void this.lines.push({ level, ...fields, words })
    const log = { info: write('info'), warn: write('warn'), error: write('error') }
    this.#wardline = await openWardline(config, { clock: this.clock, log })
    // Lists that cannot be read are a story too: uploads tell it.
    await this.#wardline.river.matching.refresh().catch(() => {})
    this.#key = await this.newKey(['scans:write', 'scans:read', 'cases:read', 'reports:read'])
  }

  async stop(): Promise<void> {
    await this.#wardline?.close()
    this.#wardline = undefined
  }

  /** A service's key with these scopes. */
  async newKey(scopes: Parameters<typeof createKey>[2]['scopes'], personId?: string): Promise<string> {
    const { database, clock } = this.wardline.ground
    const made = await database.transact((tx) =>
      createKey(tx, clock, { label: 'story', scopes, ...(personId ? { personId } : {}) }),
    )
    return made.secret
  }

  /** Puts pictures on a list by their PDQ; the entry ids are their places. */
  async list(
    pictures: readonly Picture[],
    { id = 'demo', listClass = 'test' as ListClass, radiusBits = 31 } = {},
  ): Promise<void> {
    const rows = pictures.map((picture, place) =>
      JSON.stringify({
        source: 'story',
        entryId: String(place),
        algorithm: 'pdq',
        value: pdqOf(picture),
        class: listClass,
      }),
    )
    await this.listRows(rows, { id, listClass, radiusBits })
  }

  async listRows(
    rows: readonly string[],
    { id = 'demo', listClass = 'test' as ListClass, radiusBits = 31 } = {},
  ): Promise<void> {
    const { database, vault, clock, config } = this.wardline.ground
    const read = await readList(rows.join('\n'), { format: 'jsonl', listId: id, class: listClass })
    await importList(
      database,
      vault,
      clock,
      { id, class: listClass, radiusBits, environment: config.environment, actor: 'wardline' },
      read,
    )
    await this.wardline.river.matching.refresh()
  }

  async upload(
    bytes: Uint8Array,
    context: Partial<ScanContext> = {},
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: Answer }> {
    const response = await this.ask('POST', '/v1/scans', {
      body: bytes,
      headers: {
        'content-type': 'image/jpeg',
        'wardline-context': encodeURIComponent(JSON.stringify({ ...someContext(), ...context })),
        ...headers,
      },
    })
    return { status: response.status, body: (await response.json()) as Answer }
  }

  /** Several files in one request. */
  async uploadAll(
    files: readonly Uint8Array[],
    context: Partial<ScanContext> = {},
  ): Promise<{ status: number; body: Answer }> {
    const form = new FormData()
    for (const [place, bytes] of files.entries())
      form.append('file', new Blob([bytes as Uint8Array<ArrayBuffer>]), `file-${place}`)
    form.append('context', JSON.stringify(context))
    const key = await this.newKey(['scans:write'])
    const headers = { authorization: `Bearer ${key}` }
    const response = await fetch(new URL('/v1/scans', this.wardline.url), { method: 'POST', headers, body: form })
    return { status: response.status, body: (await response.json()) as Answer }
  }

  ask(
    method: string,
    path: string,
    {
      key = this.#key,
      body,
      headers = {},
    }: { key?: string; body?: Uint8Array | string; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    return fetch(new URL(path, this.wardline.url), {
      method,
      headers: { authorization: `Bearer ${key}`, ...headers },
      ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> | string }),
    })
  }

  /** Lets the still clock run, a second at a time, until the condition holds. */
  async until(what: string, condition: () => Promise<boolean> | boolean, { limitMs = 30_000 } = {}): Promise<void> {
    const start = performance.now()
    while (!(await condition())) {
      if (performance.now() - start > limitMs)
        throw new Error(
          `this never came: ${what}\n${this.lines
            .slice(-15)
            .map((line) => JSON.stringify(line))
            .join('\n')}`,
        )
      await this.turn()
    }
  }

  /** A second goes by, unless somebody is at work: real work takes real time, and a lease must not run out over it. */
  async turn(): Promise<void> {
    await realWait(3)
    if ((await countJobs(this.database.read)).running === 0) await this.clock.advance(1_000)
  }

  /** Time passes in one leap; then whatever is due gets its turns. */
  async pass(ms: number): Promise<void> {
    this.clock.set(this.clock.now() + ms)
    for (let turn = 0; turn < 30; turn += 1) await this.turn()
  }

  /** The state of the only case there is. */
  async caseState(): Promise<string> {
    return (await this.database.read.selectFrom('cases').select('state').executeTakeFirstOrThrow()).state
  }

  finishedReports() {
    return this.cybertipline.inspect().reports.filter((report) => report.state === 'finished')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    await this.cybertipline.close()
    await this.mailbox.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** Settings group by group; an `undefined` takes one away. */
function merge(one: ConfigOverrides, other: ConfigOverrides): ConfigOverrides {
  const merged: Record<string, unknown> = { ...one }
  for (const [group, value] of Object.entries(other)) {
    const former = merged[group]
    merged[group] = isGroup(former) && isGroup(value) ? present({ ...former, ...value }) : value
  }
  return merged
}

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const present = (group: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(group).filter(([, value]) => value !== undefined))

export interface Answer {
  readonly id: string
  readonly verdict: string
  readonly reason?: string
  readonly results?: readonly Answer[]
  readonly [key: string]: unknown
}

export const pdqOf = ({ pixels, width, height }: Picture): string =>
  toHex(pdq({ data: pixels, width, height, channels: 3 }).hash)

export const drawn = (seed: number, format: 'jpeg' | 'png' | 'webp' = 'jpeg') => encode(drawPicture(seed), format)

/** An upload as a forum would describe it, by a user of its own each time. */
const someContext = (): Partial<ScanContext> => {
  const user = randomBytes(4).toString('hex')
  return {
    surface: 'public_post',
    service: 'Example Forum',
    url: `https://forum.example/posts/${user}`,
    fileName: `holiday-${user}.jpg`,
    account: { id: `user-${user}`, email: `${user}@users.example`, emailVerified: true, screenName: `name-${user}` },
    origin: { ip: '203.0.113.7', port: 40_000 },
  }
}
