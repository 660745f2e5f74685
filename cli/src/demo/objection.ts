// One of the demo's people objects, as anybody would: through the link in their notice. Somebody hears it, and the error is undone.
import { eventPage, nextAppeal, repairList } from '@wardline/api'
import type { MailMessage } from '@wardline/sandbox'
import { systemClock } from '@wardline/server/base'
import type { DemoWorld, Reviewer } from './world.ts'

/** What happened, in order, as far as it came. */
export interface Step {
  readonly who: string
  readonly what: string
}

interface Way {
  readonly world: DemoWorld
  readonly stopping: AbortSignal
  readonly until: number
}

const writer = { name: 'ben', email: 'ben@users.example', words: 'I drew that harbour myself. It is a harbour.' }

/** Adds each step to `steps` once it was seen. Throws, in words, when one does not come before `until` (epoch milliseconds). */
export async function object(way: Way, steps: Step[]): Promise<void> {
  const { world } = way
  const [first] = mailsOf(world)
  await writeThroughLink(first?.text ?? '')
  steps.push({ who: writer.name, what: 'opens the link in the notice and writes an appeal' })

  const { hearer, number } = await seen(way, 'nobody was given the appeal', () => whoHears(world))
  const others = world.reviewers.filter(({ name }) => name !== hearer.name).map(({ name }) => name)
  steps.push({
    who: hearer.name,
    what: `hears appeal ${number}: chance picked, of ${hearer.name} and ${others.join(', ')}`,
  })
  const decision = { outcome: 'overturned_context', reason: 'A drawn harbour. Nothing around it makes it a violation.' }
  await ask(world, hearer.key, `/v1/appeals/${number}/decide`, decision)
  steps.push({ who: hearer.name, what: 'decides: overturned_context' })
  await answered(way, steps, 2)

  const repair = await seen(way, 'no repair waits for its approvals', async () => {
    const { repairs } = repairList.parse(await ask(world, hearer.key, '/v1/repairs'))
    return repairs.find(({ state }) => state === 'gathered')
  })
  for (const { name, key } of world.reviewers) {
    await ask(world, key, `/v1/repairs/${repair.number}/approve`, { reason: 'only this drawing, and it is an error' })
    steps.push({ who: name, what: `approves repair ${repair.number}` })
  }
  const restore = await seen(way, 'the platform was not asked to restore anything', async () => {
    const { events } = eventPage.parse(await ask(world, world.platformKey, '/v1/events'))
    return events.find(({ type }) => type === 'repair.restore')
  })
  await ask(world, world.platformKey, '/v1/events/taken', { upTo: restore.number })
  steps.push({ who: 'the forum', what: 'fetches the event repair.restore, and takes it' })
  await answered(way, steps, 3)
}

async function writeThroughLink(notice: string): Promise<void> {
  const link = /http:\S+\/appeals\/(\S+)/.exec(notice)
  const [url, token] = link ?? []
  if (url === undefined || token === undefined) throw new Error('the notice holds no link')
  const page = await fetch(url)
  if (page.status !== 200) throw new Error(`the page behind the link answered ${page.status}`)
  // What a browser without scripts sends.
  const body = new URLSearchParams({ token, words: writer.words })
  const sent = await fetch(new URL('/v1/appeals', url), { method: 'POST', body, redirect: 'manual' })
  if (sent.status !== 303) throw new Error(`the page answered ${sent.status} to the words`)
}

async function whoHears(world: DemoWorld): Promise<{ hearer: Reviewer; number: number } | undefined> {
  for (const hearer of world.reviewers) {
    const { appeal } = nextAppeal.parse(await ask(world, hearer.key, '/v1/appeals/next', {}))
    if (appeal !== null) return { hearer, number: appeal.number }
  }
  return undefined
}

/** In the mailbox's own books: the so many-th mail to who objected. */
async function answered(way: Way, steps: Step[], count: number): Promise<void> {
  const mail = await seen(
    way,
    `mail ${count} to ${writer.name} did not come`,
    async () => mailsOf(way.world)[count - 1],
  )
  steps.push({ who: writer.name, what: `is told: "${mail.subject}"` })
}

const mailsOf = ({ mailbox }: DemoWorld): MailMessage[] =>
  mailbox.messages().filter(({ envelope }) => envelope.to.includes(writer.email))

async function seen<T>({ stopping, until }: Way, otherwise: string, look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (stopping.aborted || systemClock.now() > until) throw new Error(otherwise)
    await systemClock.wait(25, stopping)
  }
}

async function ask({ wardline }: DemoWorld, key: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${wardline.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`the server answered ${response.status} to ${path}`)
  return response.json()
}
