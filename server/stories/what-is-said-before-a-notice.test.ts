// A day lies between a report and its notice, and months under a hold: what the platform says meanwhile decides where it goes, and how it speaks.
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { drawn, kinds, World } from './world.ts'

const dayMs = 86_400_000
const unproven = { id: 'unproven', email: 'a-stranger@users.example' }
const moved = { id: 'moved', email: 'old@users.example', emailVerified: true }
const child = { id: 'child', email: 'child@users.example', age: 25 }

async function say(world: World, scanId: string, account: object) {
  const key = await world.newKey(['scans:context'])
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ account })
  const { status } = await world.ask('POST', `/v1/scans/${scanId}/context`, { key, headers, body })
  expect(status).toBe(200)
}

describe.each(kinds)('on %s, what a platform says of an account after its report was finished', (database) => {
  it('is what its notice goes by', async () => {
    await using world = await World.open({ database, config: { notices: { delayHours: 24 } } })
    const accounts = [unproven, moved, child]
    await world.list(accounts.map((_, place) => drawPicture(place + 1)))
    const scans: string[] = []
    for (const [place, account] of accounts.entries())
      scans.push((await world.upload(await drawn(place + 1), { account, locale: 'en' })).body.id)
    const notices = () => world.database.read.selectFrom('notices').select(['state', 'reason']).execute()
    await world.until('three reports', async () => (await notices()).length === 3)
    const [one = '', two = '', three = ''] = scans
    await say(world, one, { id: 'unproven', emailVerified: false })
    await say(world, two, { id: 'moved', email: 'new@users.example', emailVerified: true })
    await say(world, three, { id: 'child', age: 12 })

    await world.pass(dayMs)
    await world.until('two mails', () => world.mailbox.messages().length === 2)
    await world.pass(3_600_000)
    const mails = world.mailbox.messages().toSorted((a, b) => (a.to[0] ?? '').localeCompare(b.to[0] ?? ''))
    expect(mails.map(({ to }) => to)).toEqual([['child@users.example'], ['new@users.example']])
    expect(mails.map(({ text }) => /because of our rule that protects children/.test(text))).toEqual([true, false])
    expect((await notices()).map(({ state, reason }) => `${state} ${reason}`).sort()).toEqual([
      'not_sent address_unverified',
      'sent null',
      'sent null',
    ])
  })
})
