import type { ScanContext } from '@wardline/api'
import { scanContext } from '@wardline/api'
import { describe, expect, it } from 'vitest'
import type { CaseRecord } from '#cases'
import { exact } from '../cases/testing.ts'
import { draft } from './draft.ts'
import { lackOf, needNames, score } from './score.ts'

const now = Date.UTC(2026, 5, 1, 12)

function scored(context: ScanContext) {
  const print = { hash: 'a5'.repeat(32), quality: 100 }
  const record: CaseRecord = {
    id: 'case_1',
    number: 1,
    environment: 'sandbox',
    state: 'reporting',
    route: 'report',
    isTest: false,
    surface: context.surface,
    jurisdiction: null,
    openedAt: now,
    settlesAt: now,
    changedAt: now,
    decidedBy: null,
    decidedAt: null,
    factsDueAt: null,
    decision: null,
    context,
    files: [
      {
        id: 'file_1',
        vaultId: 'evidence_1',
        bytesKeyed: 'bytes-1',
        addedAt: now,
        sizeBytes: 1,
        digests: { md5: '1'.repeat(32), sha1: '2'.repeat(40), sha256: '3'.repeat(64) },
        pictures: [{ index: 0, width: 1, height: 1, commandLine: print, fullResolution: print }],
        grounds: [exact],
        why: 'exact',
        occurrences: [{ scanId: 'scan_1', receivedAt: now, context }],
        furtherOccurrences: 0,
      },
    ],
    views: [],
    supplements: [],
    furtherSupplements: 0,
    lookUp: null,
  }
  const drafted = draft(record, { environment: 'sandbox', reporter: { email: 'trust@example.org' } }, now)
  if (drafted.kind !== 'drafted') throw new Error(drafted.words)
  return score(drafted.draft)
}

const full: ScanContext = {
  surface: 'upload',
  service: 'Boards',
  url: 'https://forum.example/1',
  uploadedAt: '2026-06-01T10:00:00+02:00',
  account: { id: '7', screenName: 'seven' },
  origin: { ip: '192.0.2.1', port: 4000, at: '2026-06-01T10:00:00+02:00' },
}

describe('a report’s score', () => {
  it('is 100 when it says who, where, when, from which machine, and which file', () => {
    expect(scored(full)).toEqual({ points: 100, lacking: [] })
    expect(scored({ surface: 'upload' })).toMatchObject({ points: 5 })
  })

  const { account, origin, url, service, uploadedAt, ...rest } = full
  const machine = { ip: '192.0.2.1', port: 4000 }
  it.each<[ScanContext, number, string[]]>([
    [{ ...full, account: undefined }, 65, ['account', 'identifier']],
    [{ ...full, account: { id: '7' } }, 90, ['identifier']],
    [{ ...full, url: undefined, service: undefined }, 90, ['place']],
    [{ ...full, uploadedAt: undefined }, 85, ['uploaded']],
    [{ ...full, origin: undefined }, 65, ['address', 'addressTime', 'addressPort']],
    [{ ...full, origin: { ip: '192.0.2.1', at: uploadedAt } }, 95, ['addressPort']],
    [{ ...rest, url, service, account, origin: machine }, 75, ['uploaded', 'addressTime']],
    // A time that cannot be true is none.
    [{ ...full, uploadedAt: '2199-01-01T00:00:00Z' }, 85, ['uploaded']],
  ])('names what is missing (case %#)', (context, points, lacking) => {
    expect(scored(context)).toEqual({ points, lacking })
    expect(origin).toBeDefined()
  })

  it('says of every lack which keys of the scan context supply it, and they exist', () => {
    const schema = JSON.stringify(scanContext.toJSONSchema({ unrepresentable: 'any' }))
    for (const name of needNames)
      for (const key of lackOf(name).supply) expect(schema).toContain(`"${key.split('.').at(-1)}"`)
    expect(needNames.filter((name) => lackOf(name).supply.length === 0)).toEqual(['file'])
  })
})
