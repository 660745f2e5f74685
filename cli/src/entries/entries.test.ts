// What a person does about entries, through the program's own mouth: nothing of it ever shows a hash or an entry's name.
import { join } from 'node:path'
import { drawPicture, encode } from '@wardline/sandbox'
import type { DatabaseSettings, Transaction } from '@wardline/server/db'
import { loadCanaries } from '@wardline/server/lists'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { emptyDatabases } from '../../../server/src/db/testing.ts'
import { onGround } from '../on-ground.ts'
import { openPlace, type Place } from '../testing.ts'
import { outcomeOf } from './set-aside.ts'

/** Each command is a process of its own, and a busy machine takes seconds for one. */
const patienceMs = 300_000

const as = (who: string) => ['--as', `${who}@x.example`]

/** One case that waits for review: a drawing that is on a list of class `exploitative`, by its PDQ. */
async function placeWithCase(settings: DatabaseSettings): Promise<Place & { readonly secrets: readonly string[] }> {
  const place = await openPlace({}, settings)
  const file = await place.write('drawing.png', await encode(drawPicture(7), 'png'))
  const [line = ''] = (await place.run('hash', file, '--json')).out.split('\n')
  const { sha256 }: { readonly sha256: string } = JSON.parse(line)
  const pdq = /"hash":"([0-9a-f]{64})"/.exec(line)?.[1] ?? /"pdq":"([0-9a-f]{64})"/.exec(line)?.[1] ?? ''
  const row = { source: 'hotline', entryId: 'entry-4711', algorithm: 'pdq', value: pdq }
  await place.write('drawn.jsonl', JSON.stringify(row))
  await place.run('lists', 'import', 'drawn.jsonl', '--class', 'exploitative')
  for (const [name, role] of [
    ['ada', 'reviewer'],
    ['bea', 'counsel'],
    ['otto', 'operator'],
  ] as const)
    await place.run('people', 'add', name, '--email', `${name}@x.example`, '--role', role)
  const scanned = await place.run('scan', file, '--list', 'drawn.jsonl', '--open-cases', '--config', 'wardline.yaml')
  expect(scanned).toMatchObject({ code: 1, err: '' })
  return Object.assign(place, { secrets: [sha256, pdq, 'entry-4711'] })
}

describe.each(emptyDatabases)('on %s', (_kind, empty) => {
  let place: Awaited<ReturnType<typeof placeWithCase>>
  beforeAll(async () => {
    place = await placeWithCase(await empty())
  }, patienceMs)
  afterAll(() => place[Symbol.asyncDispose]())

  describe('an entry that was set aside', () => {
    it(
      'is listed, looked at within a day or the doctor says so, and decided by a person',
      async () => {
        const aside = (...args: string[]) => place.run('lists', 'set-aside', ...args)
        expect((await aside('list')).out).toContain('No entry was ever set aside.')
        await shift(place, async (tx) => {
          const { entry_hmac } = await tx.selectFrom('case_entries').selectAll().executeTakeFirstOrThrow()
          const about = { entry_hmac, list_id: 'drawn', class: 'exploitative', accounts: 21 }
          const times = { state: 'set_aside' as const, set_aside_at: 1, review_due_at: 2 }
          await tx
            .insertInto('list_set_asides')
            .values({ id: 'aside_1', ...about, ...times })
            .execute()
        })
        const { out } = await aside('list')
        expect(out).toMatch(/aside_1 +set_aside +drawn +exploitative +21 +1 +1970-01-01 .* OVERDUE/)
        const doctor = await place.run('doctor')
        expect(doctor).toMatchObject({ code: 1 })
        expect(doctor.out).toMatch(/set aside, and nobody looked at them within a day/)
        const reason = ['--reason', 'asking']
        const notHis = await aside('keep', 'aside_1', ...as('otto'), ...reason)
        expect(notHis).toMatchObject({ code: 2, err: expect.stringContaining('these do: reviewer, administrator') })
        expect(doctor.out).toMatch(/1 waits for a person: 1 to be reviewed/)
        expect(await aside('keep', 'aside_1', ...as('ada'), ...reason)).toMatchObject({ code: 0, err: '' })
        expect((await aside('list')).out).not.toContain('OVERDUE')
        const neither = await aside('decide', 'aside_1', ...as('ada'), ...reason)
        expect(neither).toMatchObject({ code: 2, err: expect.stringContaining('either --confirm or --dismiss') })
        for (const [wrong, name] of [
          [['--dismiss', '--incident-type', 'online_enticement'], '--incident-type'],
          [['--confirm', '--false-match'], '--false-match'],
        ] as const) {
          const refused = await aside('decide', 'aside_1', ...wrong, ...as('ada'), ...reason)
          expect(refused).toMatchObject({ code: 2, err: expect.stringContaining(`${name} goes with`) })
        }
        const decided = await aside('decide', 'aside_1', '--dismiss', ...as('ada'), ...reason)
        expect(decided).toMatchObject({
          code: 0,
          err: '',
          out: expect.stringContaining('1 of the 1 open cases of aside_1 is being dismissed'),
        })
        expect((await aside('list')).out).toContain('1 (being decided)')
        expect((await place.run('jobs', '--json')).out).toContain('"kind":"entry_cases"')
        expect(await aside('release', 'aside_1', ...as('ada'), ...reason)).toMatchObject({ code: 0, err: '' })
        expect((await aside('release', 'aside_1', ...as('ada'), ...reason)).err).toContain('released already')
      },
      patienceMs,
    )
  })

  describe('canaries', () => {
    it(
      'are made, counted and removed, and never shown',
      async () => {
        const canaries = (...args: string[]) => place.run('lists', 'canaries', ...args)
        expect((await canaries('list')).out).toContain('No canary yet')
        expect(await canaries('make', 'some')).toMatchObject({ code: 2 })
        const made = await canaries('make', '20', ...as('otto'))
        expect(made).toMatchObject({
          code: 0,
          err: '',
          out: expect.stringContaining('20 planted in the list "drawn".'),
        })
        const { out } = await canaries('list', '--json')
        expect(JSON.parse(out)).toEqual({
          listId: 'drawn',
          canaries: 20,
          plantedAt: expect.any(String),
          listGone: false,
        })
        expect(await canaries('remove', 'nosuch')).toMatchObject({
          code: 2,
          err: expect.stringContaining('no list of this name'),
        })
        const trail = (await place.run('audit', 'show', '--json')).out
        expect(trail).toContain('plant_canaries')
        const held = await onGround({ config: join(place.folder, 'wardline.yaml') }, ({ database, vault }) =>
          loadCanaries(database.read, vault),
        )
        const secrets = held.flatMap(({ entryId, values }) => [entryId, ...values.map(({ value }) => value)])
        expect(new Set(secrets).size).toBe(40)
        const removed = await canaries('remove', 'drawn')
        expect(removed).toMatchObject({ code: 0, out: expect.stringContaining('20 taken out') })
        const later = (await place.run('audit', 'show', '--json')).out
        const said = [made, removed].map((ended) => `${ended.out}${ended.err}`).join('')
        for (const secret of secrets) expect(`${said}${out}${trail}${later}`.includes(secret)).toBe(false)
        expect((await canaries('list')).out).toContain('No canary yet')
      },
      patienceMs,
    )
  })

  describe('a correction', () => {
    it(
      'is proposed by one person from a case, approved by another, and listed without a value',
      async () => {
        const correct = (...args: string[]) => place.run('lists', 'corrections', ...args)
        const asked = ['propose', '1', '--reason', 'a drawing', '--review']
        expect((await correct(...asked, 'soon', ...as('ada'))).err).toContain('--review takes a day')
        expect(await correct(...asked, '2000-01-31', ...as('ada'))).toMatchObject({ code: 2 })
        expect(await correct(...asked, dayAhead(30), ...as('otto'))).toMatchObject({ code: 2 })
        const proposed = await correct(...asked, dayAhead(30), ...as('ada'))
        expect(proposed).toMatchObject({ code: 0, err: '' })
        const id = /correction_\S+/.exec(proposed.out)?.[0] ?? ''
        const answer = ['--reason', 'so it is']
        expect((await correct('approve', id, ...as('ada'), ...answer)).err).toContain('another person')
        expect((await correct('list')).out).toMatch(/ proposed /)
        expect(await correct('approve', id, ...as('bea'), ...answer)).toMatchObject({ code: 0, err: '' })
        const { out } = await correct('list', '--json')
        expect(JSON.parse(out)).toMatchObject({
          state: 'in_force',
          proposedBy: 'ada',
          approvedBy: 'bea',
          overdue: false,
        })

        const clear = await place.run(
          'scan',
          'drawing.png',
          '--list',
          'drawn.jsonl',
          '--open-cases',
          '--config',
          'wardline.yaml',
        )
        expect(`${clear.out}${clear.err}`).toContain('no list of this instance holds it')
        await shift(place, (tx) => tx.updateTable('list_corrections').set({ review_at: 1 }).execute())
        expect((await correct('list')).out).toContain('OVERDUE')
        expect((await place.run('doctor')).out).toMatch(/corrections in force are past their review date/)
        expect(await correct('withdraw', id, ...as('ada'), ...answer)).toMatchObject({ code: 0 })
        const trail = (await place.run('audit', 'show', '--json')).out
        for (const act of ['propose_correction', 'approve_correction', 'withdraw_correction'])
          expect(trail).toContain(act)
        for (const secret of place.secrets) expect(`${out}${trail}${proposed.out}`).not.toContain(secret)
      },
      patienceMs,
    )
  })

  describe('feedback', () => {
    it(
      'is prepared of no list that no service listens to, and asks for no reasons of one',
      async () => {
        const dismissed = await place.run(
          'cases',
          'dismiss',
          '1',
          ...as('ada'),
          '--reason',
          'a drawing',
          '--false-match',
        )
        expect(dismissed).toMatchObject({ code: 0, err: '' })
        expect((await place.run('lists', 'feedback', 'list')).out).toContain('No feedback was prepared.')
        expect((await place.run('lists', 'feedback', 'reasons', 'drawn')).err).toMatch(/no configured list/)
        expect(await place.run('lists', 'feedback', 'approve', 'feedback_1', ...as('otto'))).toMatchObject({ code: 2 })
      },
      patienceMs,
    )
  })

  describe('a decision over all cases of an entry', () => {
    it('is told in numbers: what it takes, what it leaves and what holds that, also when it takes none', () => {
      const told = { taken: 0, left: 5, heldByAsides: [{ id: 'aside_2', cases: 3 }], heldOtherwise: 1, refused: 1 }
      const text = outcomeOf('aside_1', 'confirm', told).join('\n')
      expect(text).toMatch(/^0 of the 5 open cases of aside_1 are being confirmed .* 5 are left\.$/m)
      expect(text).toMatch(/^ +3 left: the entry of aside_2 is set aside/m)
      expect(text).toMatch(/^ +1 left: an entry that is not set aside/m)
      expect(text).toMatch(/^ +1 left: no report can be made of it/m)
      expect(text).toContain('stays as it was')
      const all = { taken: 2, left: 0, heldByAsides: [], heldOtherwise: 0, refused: 0 }
      expect(outcomeOf('aside_1', 'dismiss', all)).toHaveLength(1)
    })
  })

  describe('a list that was removed', () => {
    it(
      'holds no canary any more, and what waits for its entries is said',
      async () => {
        const lists = (...args: string[]) => place.run('lists', ...args)
        expect(await lists('canaries', 'make', '4')).toMatchObject({ code: 0 })
        await shift(place, (tx) => tx.updateTable('list_set_asides').set({ state: 'kept' }).execute())
        const { out } = await lists('remove', 'drawn', '--yes')
        expect(out).toContain('1 of its entries stay set aside')
        expect(out).toContain('Its 4 canaries are watched for still')
        expect((await lists('set-aside', 'list')).out).toContain('drawn (removed)')
        expect((await lists('canaries', 'list')).out).toMatch(/drawn +4 +in no list/)
        const removed = (await lists('canaries', 'remove', 'drawn')).out
        expect(removed).toContain('4 were planted in a list "drawn" that was removed before')
        expect(removed).not.toContain('taken out of the list')
        expect(await lists('canaries', 'remove', 'drawn')).toMatchObject({ code: 2 })
      },
      patienceMs,
    )
  })
})

const dayAhead = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

/** The hand of time, or of a flood, in the table itself. */
async function shift(place: Place, work: (tx: Transaction) => Promise<unknown>): Promise<void> {
  await onGround({ config: join(place.folder, 'wardline.yaml') }, ({ database }) => database.transact(work))
}
