// A notice that was given up, seen and sent again through the real launcher beside a running server.
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { drawn, kinds, World } from '../../../server/stories/world.ts'
import { openPlace } from '../testing.ts'

describe.each(kinds)('on %s, a notice whose address was refused', (database) => {
  it('is seen in the list and in its case, and sent once an operator has mended what was wrong', async () => {
    await using world = await World.open({ database })
    // The command has no other clock than the machine's.
    world.clock.set(Date.now())
    const { config } = world.wardline.ground
    const { data, vault, mail, notices } = config
    await using place = await openPlace({ data, vault, database: config.database, mail, notices })
    expect(await place.run('notices')).toMatchObject({ code: 0, out: 'No notice.\n' })
    await world.list([drawPicture(1)])
    world.mailbox.faults.refuseRecipient('a@users.example')
    await world.upload(await drawn(1), { account: { id: 'a', email: 'a@users.example' } })
    await world.until('the refusal', async () => (await state()) === 'dead')
    const { id, reason } = await listed()
    expect(reason).toBe('550 at RCPT TO')
    await expectDeadInCase()

    const told = await place.run('notices', 'list', '--state', 'dead')
    expect(told.out).toContain(`1 dead: mend what is in the way, then \`wardline notices retry ID\`.`)
    expect(told.out).toMatch(new RegExp(`^${id} +dead +user +reported .* 1 +550 at RCPT TO +case 1$`, 'm'))
    expect(told.out).not.toContain('users.example')
    const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT/)
    expect(await listed()).toMatchObject({ kind: 'reported', caseNumber: 1, dueAt: iso, appealBy: iso })

    await place.run('people', 'add', 'Rita', '--email', 'rita@x.example', '--role', 'reviewer')
    await place.run('people', 'add', 'Otto', '--email', 'otto@x.example', '--role', 'operator')
    const refused = await place.run('notices', 'retry', id, '--as', 'rita@x.example')
    expect(refused).toMatchObject({ code: 2, err: expect.stringMatching(/roles of the person/) })
    world.mailbox.faults.clear()
    expect(await place.run('notices', 'retry', id, '--as', 'otto@x.example')).toMatchObject({ code: 0, err: '' })
    world.clock.set(Date.now())
    await world.until('the mail', async () => (await state()) === 'sent')
    expect(world.mailbox.messages()).toHaveLength(1)
    const again = await place.run('notices', 'retry', id, '--as', 'otto@x.example')
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('"sent"') })
    const shown = (await place.run('notices', 'show', id)).out
    expect(shown).toMatch(/^Notice \S+ \(reported\) to the user, by smtp: sent, since /)
    expect(shown).toMatch(/try 1: begun .*, refused .* \(550 at RCPT TO\)\n {2}try 2: begun .*, taken /)

    await place.run('people', 'add', 'Cora', '--email', 'cora@x.example', '--role', 'counsel')
    const paper = ['--kind', 'court_order', '--authority', 'a court', '--document', 'AB'.repeat(32)]
    const until = `${new Date().getUTCFullYear() + 2}-01-31`
    const hold = (...args: string[]) => place.run('notices', 'hold', ...args)
    const cora = ['--as', 'cora@x.example']
    const byOtto = await hold('add', '--case', '1', ...paper, '--until', until, '--as', 'otto@x.example')
    expect(byOtto).toMatchObject({ code: 2 })
    const forEver = await hold('add', '--account-of', '1', ...paper, '--until', '9999-01-01', ...cora)
    expect(forEver).toMatchObject({ code: 2, err: expect.stringContaining('renew it when it ends') })
    const held = await hold('add', '--account-of', '1', ...paper, '--until', until, ...cora)
    expect(held).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(new RegExp(`^(hold_\\S+) holds 0 .* ${until} 23:59:59Z`)),
    })
    expect(held.out).toContain('1 were sent before, are on their way')
    const holdId = held.out.split(' ')[0] ?? ''
    const holds = await hold('list', '--json', '--as', 'cora@x.example')
    expect(JSON.parse(holds.out)).toMatchObject({ id: holdId, state: 'live', documentSha256: 'ab'.repeat(32) })
    expect((await place.run('doctor')).out).toMatch(
      new RegExp(`^ok +legal holds +1 legal hold keeps notices back, the latest until ${until} 23:59:59Z$`, 'm'),
    )
    const ended = await hold('end', holdId, '--reason', 'lifted', '--as', 'cora@x.example')
    expect(ended).toMatchObject({ code: 0, out: expect.stringContaining('0 notices go on') })
    expect((await place.run('audit', 'show')).out).toMatch(/retry_notice[\s\S]*hold_notices[\s\S]*end_notice_hold/)

    async function state(): Promise<string | undefined> {
      return (await world.database.read.selectFrom('notices').select('state').execute())[0]?.state
    }
    async function listed(): Promise<Record<'id' | 'state' | 'reason', string>> {
      const { out } = await place.run('notices', '--json')
      return JSON.parse(out || '{}')
    }
    async function expectDeadInCase() {
      const shown = (await (await world.ask('GET', '/v1/cases/1')).json()) as { notices: unknown }
      expect(shown.notices).toMatchObject([{ id, state: 'dead', reason }])
      expect((await place.run('cases', 'show', '1')).out).toContain('Notice to the user: dead (550 at RCPT TO)')
    }
  })
})
