import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addPerson, disablePerson } from '#access'
import { type Actor, readTrail } from '#audit'
import { secretBytes } from '#base'
import { emptyDatabases } from '../db/testing.ts'
import { readCase, recordView, showCase, type ViewEvent, viewedFlags } from './cases.ts'
import { openGround } from './testing.ts'
import type { Displayed } from './viewing.ts'

const files = ['file_1', 'file_2', 'file_3']
const bytes = ['bytes-1', 'bytes-2', 'bytes-3']
const actors: readonly Actor[] = ['person:p1', 'person:p2', 'person:', 'wardline', 'key:k1']
const displays: readonly Displayed[] = ['full', 'blurred', 'partial', 'exif']
const kinds = files.length * bytes.length * actors.length * displays.length

/** One number is one event: 180 different ones. */
function eventOf(number: number, at: number): ViewEvent {
  const pick = <T>(from: readonly T[]): T => {
    const one = from[number % from.length]
    number = Math.floor(number / from.length)
    if (one === undefined) throw new Error('nothing to pick from')
    return one
  }
  return { fileId: pick(files), bytesKeyed: pick(bytes), by: pick(actors), displayed: pick(displays), at }
}

/**
 * The rule, written a second time and otherwise: a ledger of what each named person has seen of each copy of each file, and
 * the question put to every page of it.
 */
function oracle(file: { id: string; bytesKeyed: string }, events: readonly ViewEvent[]) {
  const ledger = new Map<string, Map<string, Set<string>>>()
  for (const event of events) {
    const [kind, name] = event.by.split(':')
    if (kind !== 'person' || !name) continue
    const copy = JSON.stringify([event.bytesKeyed, event.fileId])
    const page = ledger.get(name) ?? new Map<string, Set<string>>()
    ledger.set(name, page)
    page.set(copy, (page.get(copy) ?? new Set()).add(event.displayed))
  }
  let [whole, metadata] = [false, false]
  for (const page of ledger.values()) {
    const seen = page.get(JSON.stringify([file.bytesKeyed, file.id]))
    if (seen?.has('full')) whole = true
    if (seen?.has('exif')) metadata = true
  }
  return { viewed: whole, exifViewed: whole && metadata }
}

describe('what may be called viewed', () => {
  it('is what a named person was shown of that very file in full, and nothing else, over 100,000 random histories', () => {
    const told = { viewed: 0, exifViewed: 0, neither: 0 }
    fc.assert(
      fc.property(
        fc.array(fc.nat(kinds - 1), { maxLength: 12 }),
        fc.nat(files.length - 1),
        fc.nat(bytes.length - 1),
        (numbers, file, copy) => {
          const events = numbers.map(eventOf)
          const of = { id: files[file] ?? '', bytesKeyed: bytes[copy] ?? '' }
          const flags = viewedFlags(of, events)
          const expected = oracle(of, events)
          if (flags.viewed !== expected.viewed || flags.exifViewed !== expected.exifViewed)
            expect(flags).toEqual(expected)
          // The form refuses the second without the first.
          if (flags.exifViewed && !flags.viewed) throw new Error('metadata viewed, and the file not')
          if (flags.exifViewed) told.exifViewed += 1
          else if (flags.viewed) told.viewed += 1
          else told.neither += 1
        },
      ),
      { numRuns: 100_000 },
    )
    // It was not the same answer all the time.
    for (const times of Object.values(told)) expect(times).toBeGreaterThan(100)
  }, 60_000)

  const file = { id: 'file_1', bytesKeyed: 'bytes-1' }
  const seen: ViewEvent = { fileId: 'file_1', bytesKeyed: 'bytes-1', by: 'person:p', displayed: 'full', at: 1 }
  it.each([
    ['a blurred display', { displayed: 'blurred' }],
    ['some frames of it', { displayed: 'partial' }],
    ['its metadata alone', { displayed: 'exif' }],
    ['the same bytes in another case', { fileId: 'file_2' }],
    ['other bytes under its name', { bytesKeyed: 'bytes-2' }],
    ['a display to a service', { by: 'key:k1' }],
    ['a display that Wardline made', { by: 'wardline' }],
  ] as const)('is not %s', (_name, change) => {
    expect(viewedFlags(file, [seen])).toEqual({ viewed: true, exifViewed: false })
    expect(viewedFlags(file, [{ ...seen, ...change }])).toEqual({ viewed: false, exifViewed: false })
  })
})

describe.each(emptyDatabases)('a display of a file on %s', (_kind, empty) => {
  it('is written down with the trail’s line, and read with the case', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault, database, transact } = ground
    const { caseId, fileId } = await ground.found({})
    const before = await readCase(database.read, vault, caseId)
    const sha256 = before.files[0]?.digests.sha256 ?? ''
    const ada = await transact((tx) =>
      addPerson(tx, clock, { name: 'Ada', email: 'ada@example.org', roles: ['reviewer'] }),
    )
    const by: Actor = `person:${ada.id}`
    const view = { caseId, fileId, sha256, by, displayed: 'full' as const }
    await transact((tx) => recordView(tx, clock, vault, { ...view, displayed: 'blurred' }))
    const flags = async () => {
      const { files, views } = await readCase(database.read, vault, caseId)
      return files.map((file) => viewedFlags(file, views))
    }
    expect(await flags()).toEqual([{ viewed: false, exifViewed: false }])
    // Other bytes than those of the file, whatever its id: written down, and no view of it.
    await transact((tx) => recordView(tx, clock, vault, { ...view, sha256: 'f'.repeat(64) }))
    expect(await flags()).toEqual([{ viewed: false, exifViewed: false }])
    await transact((tx) => recordView(tx, clock, vault, view))
    await transact((tx) => recordView(tx, clock, vault, { ...view, displayed: 'exif' }))
    expect(await flags()).toEqual([{ viewed: true, exifViewed: true }])

    const trail = await readTrail(database.read, { subject: caseId, limit: 20 })
    const lines = trail.filter(({ act }) => act === 'view_file')
    expect(lines.map(({ actor }) => actor)).toEqual([by, by, by, by])
    expect(lines.map(({ detail }) => JSON.parse(detail))).toEqual(
      ['blurred', 'full', 'full', 'exif'].map((displayed) => ({ displayed, file: fileId })),
    )
    expect(JSON.stringify(lines)).not.toContain(sha256)
    expect(JSON.stringify(await showCase(database.read, vault, caseId))).not.toContain(before.files[0]?.bytesKeyed)
  })

  it('is refused of nobody, of a stranger, of a person who has left, and of a file that is not the case’s', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault, database, transact } = ground
    const { caseId, fileId } = await ground.found({}, secretBytes(8))
    const ada = await transact((tx) =>
      addPerson(tx, clock, { name: 'Ada', email: 'ada@example.org', roles: ['reviewer'] }),
    )
    const by: Actor = `person:${ada.id}`
    const view = { caseId, fileId, sha256: 'f'.repeat(64), by, displayed: 'full' as const }
    const refused = (change: Partial<typeof view> | { by: Actor }, code: string) =>
      expect(transact((tx) => recordView(tx, clock, vault, { ...view, ...change }))).rejects.toMatchObject({ code })
    await refused({ by: 'key:k1' }, 'not_a_person')
    await refused({ by: 'person:' }, 'not_a_person')
    await refused({ by: 'person:nobody' }, 'person_unknown')
    await refused({ fileId: 'file_x' }, 'no_such_file')
    await refused({ caseId: 'case_x' }, 'no_such_file')
    await transact((tx) => disablePerson(tx, clock, ada.id))
    await refused({}, 'person_disabled')
    expect((await readCase(database.read, vault, caseId)).views).toEqual([])
  })
})
