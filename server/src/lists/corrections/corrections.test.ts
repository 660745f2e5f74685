import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addPerson, listApprovals, type Role } from '#access'
import { emptyDatabases } from '../../db/testing.ts'
import { openVaultWorld } from '../../vault/testing.ts'
import { guardsVersion } from '../guards.ts'
import {
  approveCorrection,
  CORRECTION_WITHIN_BITS,
  countCorrections,
  listCorrections,
  loadCorrections,
  openSilencer,
  proposeCorrection,
  refuseCorrection,
  withdrawCorrection,
} from './corrections.ts'
import type { Correction, Silenceable } from './silence.ts'

const day = 86_400_000
const sha256 = 'ab'.repeat(32)
const hash = 'a5'.repeat(32)
const near: Silenceable = {
  listId: 'drawn',
  source: 's',
  entryId: 'e1',
  class: 'csam',
  algorithm: 'pdq',
  pictureIndex: 0,
}
const correction: Correction = {
  id: 'correction_1',
  sha256,
  entries: [{ listId: 'drawn', source: 's', entryId: 'e1', hashes: [hash] }],
}

/** The picture's hash with so many bits turned, and other bytes than the corrected file's. */
function looked(bits: number, { index = 0, sha = 'cd'.repeat(32) } = {}) {
  const bytes = Buffer.from(hash, 'hex')
  for (let bit = 0; bit < bits; bit += 1) bytes[bit] = (bytes[bit] ?? 0) ^ 1
  return { sha256: sha, pictures: [{ index, commandLine: { hash: bytes }, fullResolution: { hash: bytes } }] }
}

describe('a correction', () => {
  const silencer = openSilencer([correction])

  it('silences the entry it names where the picture is the same to within two bits, whatever the list’s radius', () => {
    for (const bits of [0, 1, CORRECTION_WITHIN_BITS]) expect(silencer.remaining(looked(bits), [near])).toEqual([])
    expect(silencer.remaining(looked(CORRECTION_WITHIN_BITS + 1), [near])).toEqual([near])
  })

  it.each([
    ['another entry', { entryId: 'e2' }],
    ['an entry of the same name of another source', { source: 't' }],
    ['an entry of the same name on another list', { listId: 'other' }],
    ['the entry on another picture of the file', { pictureIndex: 1 }],
    ['the entry’s MD5, which is of a whole file', { algorithm: 'md5', pictureIndex: null }],
  ] as const)('leaves %s alone', (_what, change) => {
    const other: Silenceable = { ...near, ...change }
    expect(silencer.remaining(looked(0), [other])).toEqual([other])
  })

  it('of the very same bytes silences every picture and an MD5, and never an exact SHA-1 or SHA-256 of class csam', () => {
    const same = looked(99, { sha: sha256, index: 7 })
    const exact = (algorithm: Silenceable['algorithm'], named: Silenceable['class'] = 'csam') => ({
      ...near,
      class: named,
      algorithm,
      pictureIndex: null,
    })
    expect(silencer.remaining(same, [{ ...near, pictureIndex: 7 }, exact('md5')])).toEqual([])
    for (const algorithm of ['sha1', 'sha256'] as const) {
      expect(silencer.remaining(same, [exact(algorithm)])).toEqual([exact(algorithm)])
      expect(silencer.remaining(same, [exact(algorithm, 'exploitative')])).toEqual([])
    }
  })

  it('whatever else is asked, takes away nothing it does not name and adds nothing', () => {
    const ground = fc.record<Silenceable>({
      listId: fc.constantFrom('drawn', 'other'),
      source: fc.constantFrom('s', 't'),
      entryId: fc.constantFrom('e1', 'e2'),
      class: fc.constantFrom('csam', 'exploitative', 'test'),
      algorithm: fc.constantFrom('pdq', 'md5', 'sha1', 'sha256'),
      pictureIndex: fc.constantFrom(null, 0, 1),
    })
    fc.assert(
      fc.property(fc.array(ground), fc.nat(40), fc.boolean(), (grounds, bits, same) => {
        const remaining = silencer.remaining(looked(bits, same ? { sha: sha256 } : {}), grounds)
        const gone = grounds.filter((one) => !remaining.includes(one))
        expect(grounds.filter((one) => remaining.includes(one))).toEqual(remaining)
        for (const one of gone) {
          expect(one).toMatchObject({ listId: 'drawn', source: 's', entryId: 'e1' })
          expect(same || bits <= 2).toBe(true)
          expect(one.class === 'csam' && (one.algorithm === 'sha1' || one.algorithm === 'sha256')).toBe(false)
        }
      }),
    )
  })
})

describe.each(emptyDatabases)('corrections on %s', (_kind, empty) => {
  const open = async () => {
    const world = await openVaultWorld(await empty())
    const { database, clock, vault } = world
    const roles: readonly Role[] = ['reviewer']
    const add = (name: string) =>
      database.transact((tx) => addPerson(tx, clock, { name, email: `${name}@x.example`, roles }))
    const [ada, bea] = [await add('ada'), await add('bea')]
    await database.transact((tx) =>
      tx
        .insertInto('cases')
        .values({
          id: 'case_1',
          number: 1,
          environment: 'sandbox',
          state: 'dismissed',
          route: 'review',
          is_test: 0,
          reportable: 'yes',
          surface: 'upload',
          context_sealed: Buffer.of(1),
          opened_at: 1,
          settles_at: 1,
          changed_at: 1,
        })
        .execute(),
    )
    const file = {
      id: 'file_1',
      sha256,
      pictures: [
        { index: 0, hashes: [hash, hash] },
        { index: 1, hashes: ['00'.repeat(32)] },
      ],
      grounds: [near, { ...near, listId: 'other', algorithm: 'sha1' as const, pictureIndex: null }],
    }
    const asked = { caseId: 'case_1', file, by: ada.id, reason: 'a beach', reviewAt: clock.now() + 30 * day }
    const propose = (change: object = {}) =>
      database.transact((tx) => proposeCorrection(tx, clock, vault, { ...asked, ...change }))
    const answer = (work: typeof approveCorrection, id: string, by: string, reason = 'seen the numbers') =>
      database.transact((tx) => work(tx, clock, { id, by, reason }))
    return { ...world, ada, bea, propose, answer, file }
  }

  it('are in force only when another person agreed, and say who and until when, but no hash and no entry', async () => {
    const world = await open()
    await using _ = world
    const { database, vault, clock } = world
    const id = await world.propose()
    expect(await loadCorrections(database.read, vault)).toEqual([])
    await expect(world.answer(approveCorrection, id, world.ada.id)).rejects.toMatchObject({ code: 'same_person' })
    expect(await loadCorrections(database.read, vault)).toEqual([])
    const before = await guardsVersion(database.read)
    await world.answer(approveCorrection, id, world.bea.id)
    expect(await guardsVersion(database.read)).toBeGreaterThan(before)
    // Of the pictures only the one that met the entry; of the entries none that nothing can silence.
    expect(await loadCorrections(database.read, vault)).toEqual([{ ...correction, id }])
    const [view] = await listCorrections(database.read, vault, clock)
    expect(view).toMatchObject({ state: 'in_force', proposedBy: world.ada.id, approvedBy: world.bea.id, entries: 1 })
    expect(JSON.stringify(view)).not.toMatch(/[0-9a-f]{32}|"e1"/)
    expect((await listApprovals(database.read))[0]).toMatchObject({ state: 'used', requestedBy: world.ada.id })
  })

  it('silence each entry on the picture that met it, and not on the pictures that met another one', async () => {
    const world = await open()
    await using _ = world
    const { database, vault } = world
    const other = { ...near, entryId: 'e2', pictureIndex: 1 }
    const id = await world.propose({ file: { ...world.file, grounds: [near, other] } })
    await world.answer(approveCorrection, id, world.bea.id)
    const silencer = openSilencer(await loadCorrections(database.read, vault))
    expect(silencer.remaining(looked(0), [near])).toEqual([])
    expect(silencer.remaining(looked(0), [{ ...other, pictureIndex: 0 }])).toHaveLength(1)
    const black = { hash: Buffer.alloc(32) }
    const second = { sha256: 'cd'.repeat(32), pictures: [{ index: 0, commandLine: black, fullResolution: black }] }
    expect(silencer.remaining(second, [near, { ...other, pictureIndex: 0 }])).toEqual([near])
  })

  it('of before, which do not say which picture met which entry, stay in force for all of them', async () => {
    const world = await open()
    await using _ = world
    const { database, vault } = world
    const id = await world.propose()
    await world.answer(approveCorrection, id, world.bea.id)
    const entries = ['e1', 'e2'].map((entryId) => ({ listId: 'drawn', source: 's', entryId }))
    const facts = { fileId: 'file_1', sha256, hashes: [hash], entries, reason: 'a beach' }
    const facts_sealed = vault.sealJson(`list_corrections.facts_sealed:${id}`, facts)
    await database.transact((tx) => tx.updateTable('list_corrections').set({ facts_sealed }).execute())
    const silencer = openSilencer(await loadCorrections(database.read, vault))
    expect(silencer.remaining(looked(0), [near, { ...near, entryId: 'e2' }])).toEqual([])
  })

  it('stay in force beyond their review date, which is told', async () => {
    const world = await open()
    await using _ = world
    const { database, vault, clock } = world
    await world.answer(approveCorrection, await world.propose(), world.bea.id)
    expect(await countCorrections(database.read, clock)).toEqual({ proposed: 0, inForce: 1, overdue: 0 })
    clock.set(clock.now() + 30 * day)
    expect(await countCorrections(database.read, clock)).toEqual({ proposed: 0, inForce: 1, overdue: 1 })
    expect(await loadCorrections(database.read, vault)).toHaveLength(1)
  })

  it('can be refused, and withdrawn by one person', async () => {
    const world = await open()
    await using _ = world
    const { database, vault } = world
    const refused = await world.propose()
    await world.answer(refuseCorrection, refused, world.bea.id)
    await expect(world.answer(approveCorrection, refused, world.bea.id)).rejects.toMatchObject({ code: 'not_possible' })
    const id = await world.propose()
    await world.answer(approveCorrection, id, world.bea.id)
    await world.answer(withdrawCorrection, id, world.ada.id)
    expect(await loadCorrections(database.read, vault)).toEqual([])
    await expect(world.answer(withdrawCorrection, id, world.ada.id)).rejects.toMatchObject({ code: 'not_possible' })
  })

  it('are refused where nothing can be silenced, and without a review date within a year', async () => {
    const world = await open()
    await using _ = world
    const grounds = [{ ...near, algorithm: 'sha256' as const, pictureIndex: null }]
    await expect(world.propose({ file: { ...world.file, grounds } })).rejects.toMatchObject({
      code: 'nothing_to_correct',
    })
    await expect(world.propose({ listId: 'none' })).rejects.toMatchObject({ code: 'nothing_to_correct' })
    for (const reviewAt of [0, world.clock.now(), world.clock.now() + 400 * day, Number.NaN])
      await expect(world.propose({ reviewAt })).rejects.toMatchObject({ code: 'review_date_odd' })
  })

  it('lie sealed: no hash, digest or entry stands in the open anywhere', async () => {
    const world = await open()
    await using _ = world
    const id = await world.propose()
    await world.answer(approveCorrection, id, world.bea.id)
    for (const table of ['list_corrections', 'approvals', 'audit_events'] as const) {
      const rows = await world.database.read.selectFrom(table).selectAll().execute()
      const text = JSON.stringify(rows, (_key, value) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
      )
      for (const secret of [sha256, hash, 'e1"']) expect(text).not.toContain(secret)
    }
  })
})
