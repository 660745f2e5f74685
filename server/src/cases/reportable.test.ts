import { incidentTypes } from '@wardline/api'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ListClass, listClasses, reporting } from '#lists'
import { emptyDatabases } from '../db/testing.ts'
import { addSupplement, closeUnreported, confirm, type ReportableGround, readCase, reportableFiles } from './cases.ts'
import type { FoundFile } from './facts.ts'
import { exact, near, openGround } from './testing.ts'

const by = 'person:person_1' as const
const of = (named: ListClass) => ({ ...near, class: named })
const fileOf = (...classes: readonly ListClass[]): FoundFile => ({
  sizeBytes: 1,
  digests: { md5: 'a', sha1: 'b', sha256: 'c' },
  pictures: [],
  grounds: classes.map(of),
  why: 'w',
  occurrences: [{ scanId: 's', receivedAt: 0, context: { surface: 'upload' } }],
  furtherOccurrences: 0,
})

describe('what may be told to NCMEC', () => {
  it('is never anything of class intimate or never_match, by type', () => {
    const told = (ground: ReportableGround) => ground.class
    expect(told({ ...exact, class: 'csam' })).toBe('csam')
    // @ts-expect-error: a ground of class intimate is none that may be told
    told({ ...exact, class: 'intimate' })
    // @ts-expect-error: nor is one of class never_match
    told({ ...exact, class: 'never_match' })
  })

  it.each(['intimate', 'never_match'] as const)('is no file that matched nothing but %s, whoever asks', (named) => {
    for (const incidentType of [undefined, ...incidentTypes])
      expect(() => reportableFiles([fileOf('csam'), fileOf(named)], incidentType)).toThrowError(
        expect.objectContaining({ code: 'never_reported', retry: 'never' }),
      )
  })

  it.each(['exploitative', 'generative_ai'] as const)(
    'is a file that matched only %s when a person said what the incident is, and not otherwise',
    (named) => {
      expect(() => reportableFiles([fileOf('csam'), fileOf(named)], undefined)).toThrowError(
        expect.objectContaining({ code: 'incident_type_missing' }),
      )
      expect(reportableFiles([fileOf(named)], 'online_enticement')).toHaveLength(1)
      expect(reportableFiles([fileOf('csam', named)], undefined)).toHaveLength(1)
    },
  )

  it('holds no ground that may not be told, whatever a file matched', () => {
    const file = fc.array(fc.constantFrom(...listClasses), { minLength: 1 }).map((classes) => fileOf(...classes))
    fc.assert(
      fc.property(fc.array(file), fc.option(fc.constantFrom(...incidentTypes), { nil: undefined }), (files, type) => {
        let told: ReturnType<typeof reportableFiles>
        try {
          told = reportableFiles(files, type)
        } catch {
          return
        }
        expect(told).toHaveLength(files.length)
        for (const { grounds } of told) {
          expect(grounds.length).toBeGreaterThan(0)
          for (const ground of grounds) expect(reporting[ground.class]).not.toBe('never')
        }
      }),
    )
  })
})

describe.each(emptyDatabases)('a person’s decision on %s', (_kind, empty) => {
  const found = (ground: Awaited<ReturnType<typeof openGround>>, ...classes: readonly ListClass[]) =>
    ground.found({
      route: 'review',
      file: {
        ...fileOf(),
        digests: { md5: '1'.repeat(32), sha1: '2'.repeat(40), sha256: '3'.repeat(64) },
        pictures: [],
        grounds: classes.map(of),
      },
    })

  it('reports no case of class intimate, and of generative AI only with an incident type, which is kept', async () => {
    await using ground = await openGround(await empty())
    const confirming = (caseId: string, incidentType?: (typeof incidentTypes)[number]) =>
      ground.transact((tx) => confirm(tx, ground.clock, ground.vault, { caseId, by, incidentType }))
    const never = await found(ground, 'intimate')
    for (const type of [undefined, 'online_enticement'] as const)
      await expect(confirming(never.caseId, type)).rejects.toMatchObject({ code: 'never_reported' })
    const made = await found(ground, 'generative_ai')
    expect(made.caseId).not.toBe(never.caseId)
    await expect(confirming(made.caseId)).rejects.toMatchObject({ code: 'incident_type_missing' })
    expect(await confirming(made.caseId, 'online_enticement')).toBe('reporting')
    const { decision } = await readCase(ground.database.read, ground.vault, made.caseId)
    expect(decision).toMatchObject({ incidentType: 'online_enticement', viewed: false })
    expect((await readCase(ground.database.read, ground.vault, never.caseId)).state).toBe('waiting_review')
  })

  it('closes a case of class intimate that was dealt with elsewhere, and none that may be reported', async () => {
    await using ground = await openGround(await empty())
    const closing = (caseId: string, change: object = {}) =>
      ground.transact((tx) =>
        closeUnreported(tx, ground.clock, ground.vault, {
          caseId,
          by,
          reason: 'told by phone',
          windowMs: 7,
          ...change,
        }),
      )
    const never = await found(ground, 'intimate')
    await expect(closing(never.caseId, { by: 'key:k' })).rejects.toMatchObject({ code: 'not_a_person' })
    await expect(closing(never.caseId, { reason: ' ' })).rejects.toMatchObject({ code: 'reason_missing' })
    for (const classes of [['csam'], ['intimate', 'generative_ai']] as const) {
      const { caseId } = await found(ground, ...classes)
      await expect(closing(caseId)).rejects.toMatchObject({ code: 'still_reportable' })
    }
    const around = await ground.vault.preserve(Buffer.from('hello'))
    await ground.transact((tx) =>
      addSupplement(tx, ground.clock, ground.vault, {
        caseId: never.caseId,
        scanId: 'scan_1',
        receivedAt: ground.clock.now(),
        supplement: { kind: 'conversation', mediaType: 'text/plain', text: 'hello' },
        object: around,
      }),
    )
    expect(await closing(never.caseId)).toBe('closed')
    const { state, decision } = await readCase(ground.database.read, ground.vault, never.caseId)
    expect({ state, decision }).toMatchObject({
      state: 'closed',
      decision: { by, reason: 'told by phone', viewed: false },
    })
    const { read } = ground.database
    const scans = await read.selectFrom('scans').select('state').where('case_id', '=', never.caseId).execute()
    expect(scans).toEqual([{ state: 'removed' }])
    const files = await read.selectFrom('case_files').select('vault_id').where('case_id', '=', never.caseId).execute()
    const ids = [...files.map(({ vault_id }) => vault_id), around.id]
    const kept = await read.selectFrom('vault_objects').select('destroy_after').where('id', 'in', ids).execute()
    expect(kept).toEqual(Array(2).fill({ destroy_after: ground.clock.now() + 7 }))
    await expect(closing(never.caseId)).rejects.toMatchObject({ code: 'not_possible' })
  })

  it('names the entries of a case by keyed digests of their own, once each', async () => {
    await using ground = await openGround(await empty())
    const entryKeys = ['1'.repeat(64), '2'.repeat(64), '1'.repeat(64)]
    await ground.found({ entryKeys })
    await ground.found({ entryKeys })
    const rows = await ground.database.read.selectFrom('case_entries').select('entry_hmac').execute()
    expect(rows.map((row) => row.entry_hmac).sort()).toEqual(['1'.repeat(64), '2'.repeat(64)])
  })
})
