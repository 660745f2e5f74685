import { describe, expect, it } from 'vitest'
import { emptyDatabases } from '../db/testing.ts'
import type { CaseContext } from './facts.ts'
import { addLaterWord } from './later.ts'
import { aFind, openGround } from './testing.ts'
import { showCase } from './views.ts'

describe.each(emptyDatabases)('what a platform says later, on %s', (_kind, empty) => {
  it('is shown to a reviewer: which keys were filled in when, and what differs, and no hash even then', async () => {
    await using ground = await openGround(await empty())
    const { database, vault, clock } = ground
    const hash = (n: number) => ({ type: 'MD5', value: n.toString(16).padStart(32, '0') })
    const { file } = aFind(clock, Buffer.from('drawn'))
    const scanId = 'scan_1'
    const { caseId, fileId } = await ground.found({
      scanId,
      file: { ...file, unread: 'unread_frames' },
    })
    const say = (said: Partial<CaseContext>) =>
      ground.transact((tx) =>
        addLaterWord(tx, clock, vault, {
          caseId,
          fileId,
          scanId,
          said: { surface: 'other', ...said },
          apiKeyId: 'key_1',
        }),
      )
    const first = clock.now()
    await say({ account: { id: '7', screenName: 'seven' }, originalHashes: [1, 2, 3].map(hash) })
    clock.set(first + 60_000)
    const many = Array.from({ length: 8 }, (_, n) => hash(100 + n))
    await say({ account: { id: '7', screenName: 'SEVEN', email: 'x@x.example' }, originalHashes: many })
    const shown = await showCase(database.read, vault, caseId)
    const [seen] = shown.files
    expect(seen?.unread).toBe('unread_frames')
    const [coming] = seen?.occurrences ?? []
    expect(coming?.filledIn).toEqual([
      { at: first, path: 'account.screenName' },
      { at: first + 60_000, path: 'account.email' },
    ])
    expect(coming?.differing).toContainEqual({ at: first + 60_000, path: 'account.screenName', said: 'SEVEN' })
    expect(coming?.differing.some(({ path }) => path === 'originalHashes')).toBe(true)
    expect(JSON.stringify(shown)).not.toMatch(/[0-9a-f]{32}/)
  })
})
