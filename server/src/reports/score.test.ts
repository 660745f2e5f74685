import type { ScanContext } from '@wardline/api'
import { scanContext } from '@wardline/api'
import { describe, expect, it } from 'vitest'
import { lackOf, needNames, score } from './score.ts'
import { caseOf, drafted, file } from './testing/drafting.ts'

const scored = (context: ScanContext) => score(drafted(caseOf(file(context))))

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
