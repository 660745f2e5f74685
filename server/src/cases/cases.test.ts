import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { secretBytes } from '#base'
import { emptyDatabases } from '../db/testing.ts'
import { caseReported, confirm, dismiss, listCases, moveCase, readCase, scanState, showCase } from './cases.ts'
import type { Find } from './join.ts'
import { aFind, exact, near, openGround } from './testing.ts'

const day = 86_400_000

describe.each(emptyDatabases)('cases on %s', (_kind, empty) => {
  it('keeps what a person says of single files with the confirmation, and takes nothing of files it does not hold', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault, database, transact } = ground
    const { caseId, fileId } = await ground.found({ route: 'review' })
    const by = 'person:ada'
    const say = (...ids: string[]) =>
      transact((tx) =>
        confirm(tx, clock, vault, { caseId, by, files: ids.map((id) => ({ fileId: id, classification: 'A2' })) }),
      )
    await expect(say('file_x')).rejects.toMatchObject({ code: 'file_not_of_case' })
    await expect(say(fileId, fileId)).rejects.toMatchObject({ code: 'file_twice' })
    expect((await readCase(database.read, vault, caseId)).decision).toBeNull()
    await say(fileId)
    const { decision } = await readCase(database.read, vault, caseId)
    expect(decision).toMatchObject({ by, viewed: false, files: [{ fileId, classification: 'A2' }] })
  })

  it('takes a second find of the account into the settling case, and holds its filing back no longer for it', async () => {
    await using ground = await openGround(await empty())
    const first = await ground.found()
    ground.clock.set(ground.clock.now() + 300_000)
    const second = await ground.found()
    expect(first).toMatchObject({ number: 1, joined: false, duplicate: false, state: 'settling' })
    expect(second).toMatchObject({ caseId: first.caseId, joined: true, duplicate: false, settlesAt: first.settlesAt })
    expect(await listCases(ground.database.read, { limit: 10 })).toMatchObject([{ number: 1, files: 2 }])
  })

  it('opens a case of its own for another account, another organisation, another route, and for nobody', async () => {
    await using ground = await openGround(await empty())
    await ground.found()
    await ground.found({ context: { surface: 'upload', account: { id: '8' } } })
    await ground.found({ context: { surface: 'upload', account: { id: '7', organisation: { id: 'acme' } } } })
    await ground.found({ route: 'review' })
    await ground.found({ context: { surface: 'upload' } })
    await ground.found({ context: { surface: 'upload' } })
    const states = (await listCases(ground.database.read, { limit: 10 })).map((one) => [one.number, one.state])
    expect(states.toReversed()).toEqual([
      [1, 'settling'],
      [2, 'settling'],
      [3, 'settling'],
      [4, 'waiting_review'],
      [5, 'settling'],
      [6, 'settling'],
    ])
  })

  it('holds the same bytes once, and remembers each time they came', async () => {
    await using ground = await openGround(await empty())
    const bytes = secretBytes(32)
    const first = await ground.found({}, bytes)
    const again = await ground.found({ context: { surface: 'profile', account: { id: '7' } } }, bytes)
    expect(again).toMatchObject({ caseId: first.caseId, fileId: first.fileId, duplicate: true })
    const { files } = await readCase(ground.database.read, ground.vault, 1)
    expect(files).toHaveLength(1)
    expect(files[0]?.occurrences.map((one) => one.context.surface)).toEqual(['upload', 'profile'])
  })

  it('keeps what a later coming of the same bytes was found by as well, and a doubt that was ever raised', async () => {
    await using ground = await openGround(await empty())
    const bytes = secretBytes(32)
    const { file } = aFind(ground.clock, bytes)
    const found = (grounds: Find['file']['grounds']) => ground.found({ file: { ...file, grounds } }, bytes)
    await found([{ ...near, members: 2 }])
    const other = { ...near, entryId: 'entry-2', pictureIndex: 1 }
    await found([other, { ...near, distanceBits: 4, doubted: true }])
    await found([{ ...near, members: 3 }])
    const { files } = await readCase(ground.database.read, ground.vault, 1)
    expect(files.map(({ grounds }) => grounds)).toEqual([[{ ...near, members: 3, doubted: true }, other]])
  })

  it('keeps of an animation the twenty nearest matches with their frames, one of each entry, and counts the others', async () => {
    await using ground = await openGround(await empty())
    const bytes = secretBytes(32)
    const { file } = aFind(ground.clock, bytes)
    const [picture] = file.pictures
    if (picture === undefined) throw new Error('a find without a picture')
    const frames = Array.from({ length: 300 }, (_, index) => index)
    const grounds = [
      ...frames.slice(5).map((pictureIndex) => ({ ...near, pictureIndex })),
      { ...near, entryId: 'entry-2', distanceBits: 30, pictureIndex: 299 },
    ]
    const pictures = frames.map((index) => ({ ...picture, index }))
    for (let times = 0; times < 3; times += 1) await ground.found({ file: { ...file, grounds, pictures } }, bytes)
    const [kept] = (await readCase(ground.database.read, ground.vault, 1)).files
    expect(kept?.grounds).toHaveLength(20)
    expect(kept?.grounds.slice(0, 19).map(({ pictureIndex }) => pictureIndex)).toEqual(frames.slice(5, 24))
    expect(kept?.grounds.at(-1)).toMatchObject({ entryId: 'entry-2' })
    expect(kept?.pictures.map(({ index }) => index)).toEqual([...frames.slice(5, 24), 299])
    expect(kept).toMatchObject({ furtherGrounds: 276, furtherPictures: 280 })
    const unmatched = aFind(ground.clock, secretBytes(32)).file
    await ground.found({ file: { ...unmatched, pictures }, context: { surface: 'upload' } })
    const [digest] = (await readCase(ground.database.read, ground.vault, 2)).files
    expect(digest?.pictures.map(({ index }) => index)).toEqual([0])
  })

  it('keeps the first coming of the same bytes and the latest ones, and counts those between', async () => {
    await using ground = await openGround(await empty())
    const bytes = secretBytes(32)
    const context = (requestId: string) => ({ surface: 'upload' as const, requestId, account: { id: '7' } })
    for (let i = 0; i < 25; i += 1) await ground.found({ context: context(String(i)) }, bytes)
    const [file] = (await readCase(ground.database.read, ground.vault, 1)).files
    const kept = file?.occurrences.map((one) => Number(one.context.requestId))
    expect(kept).toEqual([0, ...Array.from({ length: 19 }, (_, i) => i + 6)])
    expect(file?.furtherOccurrences).toBe(5)
  })

  it.each(['file', 'row'] as const)(
    'keeps the fresh copy of bytes whose first copy has lost its %s, and the case refers to it',
    async (lost) => {
      await using ground = await openGround(await empty())
      const { database, vault, folder } = ground
      const bytes = secretBytes(32)
      const first = await ground.found({}, bytes)
      const { id } = await database.read.selectFrom('vault_objects').select('id').executeTakeFirstOrThrow()
      if (lost === 'file') await rm(join(folder, 'objects', id.slice(-2), id))
      else await ground.transact((tx) => vault.destroy(tx, id, 'a test'))
      const again = await ground.found({}, bytes)
      expect(again).toMatchObject({ fileId: first.fileId, duplicate: false })
      const [file] = (await readCase(database.read, vault, 1)).files
      expect(file?.occurrences).toHaveLength(2)
      const evidence = await vault.open(file?.vaultId ?? '', { actor: 'wardline', why: 'a test' })
      expect((await evidence.bytes()).equals(bytes)).toBe(true)
      expect(await ground.found({}, bytes)).toMatchObject({ duplicate: true })
    },
  )

  it('takes a find without an account into the case of its own request and route, once for the same bytes', async () => {
    await using ground = await openGround(await empty())
    const nobody = { context: { surface: 'ai_input' as const, requestId: 'r' } }
    const bytes = secretBytes(32)
    const { caseId } = await ground.found(nobody, bytes)
    expect(await ground.found({ ...nobody, caseId }, bytes)).toMatchObject({ caseId, joined: true, duplicate: true })
    expect(await ground.found({ ...nobody, caseId })).toMatchObject({ caseId, joined: true, duplicate: false })
    expect(await ground.found({ ...nobody, caseId, route: 'review' })).toMatchObject({ number: 2, joined: false })
    await ground.transact((tx) => moveCase(tx, ground.clock, caseId, 'settled'))
    expect(await ground.found({ ...nobody, caseId })).toMatchObject({ number: 3, joined: false })
  })

  it('is full at a hundred files: the next find opens the next case, known bytes still come to their own', async () => {
    await using ground = await openGround(await empty())
    const bytes = secretBytes(32)
    const { caseId } = await ground.found({}, bytes)
    const { id: vaultId } = await ground.database.read
      .selectFrom('vault_objects')
      .select('id')
      .executeTakeFirstOrThrow()
    const [row] = await ground.database.read.selectFrom('case_files').selectAll().execute()
    const copies = Array.from({ length: 99 }, (_, i) => ({ id: `file_${i}`, sha256_hmac: `other ${i}` }))
    if (row === undefined) throw new Error('no file')
    await ground.transact((tx) =>
      tx
        .insertInto('case_files')
        .values(copies.map((copy) => ({ ...row, vault_id: vaultId, ...copy })))
        .execute(),
    )
    expect(await ground.found()).toMatchObject({ number: 2, joined: false })
    expect(await ground.found()).toMatchObject({ number: 2, joined: true })
    expect(await ground.found({}, bytes)).toMatchObject({ caseId, joined: true, duplicate: true })
  })

  it('goes to a person when it must not be filed by rule, and then takes only finds of that way', async () => {
    await using ground = await openGround(await empty())
    const { caseId } = await ground.found()
    await ground.transact((tx) => moveCase(tx, ground.clock, caseId, 'not_production'))
    expect(await listCases(ground.database.read, { limit: 1 })).toMatchObject([
      { state: 'waiting_review', route: 'review' },
    ])
    expect(await ground.found()).toMatchObject({ number: 2 })
    expect(await ground.found({ route: 'review' })).toMatchObject({ number: 1, joined: true })
  })

  it('numbers cases without gap or double when finds come in at once, and joins those of one account', async () => {
    await using ground = await openGround(await empty())
    const finds = Array.from({ length: 12 }, (_, i) =>
      ground.found({ context: { surface: 'upload', account: { id: String(i % 4) } } }),
    )
    const joined = await Promise.all(finds)
    expect(new Set(joined.map((one) => one.caseId)).size).toBe(4)
    const cases = await listCases(ground.database.read, { limit: 100 })
    expect(cases.map((one) => [one.number, one.files])).toEqual([4, 3, 2, 1].map((number) => [number, 3]))
  })

  it('opens a new case once the former one is decided', async () => {
    await using ground = await openGround(await empty())
    const { caseId } = await ground.found()
    await ground.transact((tx) => moveCase(tx, ground.clock, caseId, 'settled'))
    expect(await ground.found()).toMatchObject({ number: 2, joined: false })
  })

  it('lets a person confirm a waiting case, and says that they viewed nothing', async () => {
    await using ground = await openGround(await empty())
    const { caseId } = await ground.found({ route: 'review' })
    const by = 'person:person_1' as const
    await ground.transact((tx) => confirm(tx, ground.clock, ground.vault, { caseId, by }))
    const found = await readCase(ground.database.read, ground.vault, caseId)
    expect(found).toMatchObject({ state: 'reporting', decidedBy: by, decision: { by, viewed: false, reason: null } })
    await expect(
      ground.transact((tx) => confirm(tx, ground.clock, ground.vault, { caseId, by })),
    ).rejects.toMatchObject({ code: 'not_possible' })
  })

  it('is decided by people, with a reason when it is dismissed', async () => {
    await using ground = await openGround(await empty())
    const { caseId } = await ground.found({ route: 'review' })
    const window = { windowMs: 7 * day }
    const dismissing = (by: 'key:k' | 'person:p', reason: string) =>
      ground.transact((tx) => dismiss(tx, ground.clock, ground.vault, { caseId, by, reason, ...window }))
    await expect(dismissing('key:k', 'no match')).rejects.toMatchObject({ code: 'not_a_person' })
    await expect(dismissing('person:p', ' ')).rejects.toMatchObject({ code: 'reason_missing' })
    expect(await dismissing('person:p', 'no match')).toBe('dismissed')
  })

  it('releases the scans of a dismissed case and lets its evidence go after the window', async () => {
    await using ground = await openGround(await empty())
    const scanId = 'scan_1'
    const { caseId } = await ground.found({ scanId })
    expect(await scanState(ground.database.read, scanId)).toBe('held')
    await ground.transact((tx) =>
      dismiss(tx, ground.clock, ground.vault, { caseId, by: 'person:p', reason: 'a drawing', windowMs: 7 * day }),
    )
    expect(await scanState(ground.database.read, scanId)).toBe('released')
    const object = await ground.database.read.selectFrom('vault_objects').selectAll().executeTakeFirstOrThrow()
    expect(object.destroy_after).toBe(ground.clock.now() + 7 * day)
  })

  it('keeps the evidence of a reported case for a year from the receipt, and its scans are removed', async () => {
    await using ground = await openGround(await empty())
    const scanId = 'scan_1'
    const { caseId } = await ground.found({ scanId })
    const finishedAt = Date.UTC(2028, 1, 29, 12)
    await ground.transact(async (tx) => {
      await moveCase(tx, ground.clock, caseId, 'settled')
      await caseReported(tx, ground.clock, ground.vault, { caseId, event: 'report_finished', finishedAt })
    })
    expect(await scanState(ground.database.read, scanId)).toBe('removed')
    const object = await ground.database.read.selectFrom('vault_objects').selectAll().executeTakeFirstOrThrow()
    expect(object.keep_until).toBe(Date.UTC(2029, 2, 1, 12))
  })

  it('knows no scan that held nothing, and no case that was never opened', async () => {
    await using ground = await openGround(await empty())
    expect(await scanState(ground.database.read, 'scan_none')).toBe('unknown')
    await expect(showCase(ground.database.read, ground.vault, 1)).rejects.toMatchObject({ code: 'no_such_case' })
  })

  it('shows a reviewer class, algorithm and distance, and never a hash or which entry', async () => {
    await using ground = await openGround(await empty())
    const bytes = secretBytes(16)
    const { caseId } = await ground.found({}, bytes)
    const { files } = await readCase(ground.database.read, ground.vault, caseId)
    const shown = await showCase(ground.database.read, ground.vault, caseId)
    expect(shown.files[0]?.matches).toEqual([
      { listId: 'album', class: 'test', algorithm: 'sha256', distanceBits: 0, radiusBits: 0, pictureIndex: null },
    ])
    const said = JSON.stringify(shown)
    const [file] = files
    const secrets = [file?.digests.md5, file?.digests.sha1, file?.digests.sha256, file?.pictures[0]?.commandLine.hash]
    for (const secret of [...secrets, near.entryId]) {
      expect(secret).toBeTypeOf('string')
      expect(said).not.toContain(secret)
    }
  })

  it('names the lists that ground it in the trail, and one whose name looks like a hash by no name', async () => {
    await using ground = await openGround(await empty())
    const context = { surface: 'upload' as const, account: { id: 'user-1' } }
    const find = (names: readonly string[]) => {
      const bytes = secretBytes(16)
      const grounds = names.map((listId) => ({ ...exact, listId }))
      return ground.found({ context, file: { ...aFind(ground.clock, bytes).file, grounds } }, bytes)
    }
    await find(['zeta', 'album', 'album', 'd41d8cd98f00b204e9800998ecf8427e'])
    await find([...'ghijklmno'].map((letter) => letter.repeat(30)))
    const lines = await ground.database.read.selectFrom('audit_events').selectAll().orderBy('id').execute()
    const told = lines.flatMap(({ act, detail }) => (/_case$/.test(act) ? [String(JSON.parse(detail).lists)] : []))
    expect(told[0]).toBe('a-name-like-a-hash,album,zeta')
    expect(told[1]?.split(',').every((name) => name.length === 30)).toBe(true)
    expect(told[1]?.length).toBeLessThanOrEqual(200)
  })

  it('leaves nothing of a find readable in the tables', async () => {
    await using ground = await openGround(await empty())
    const bytes = secretBytes(16)
    await ground.found({ context: { surface: 'upload', fileName: 'holiday.png', account: { id: 'user-4711' } } }, bytes)
    const { files } = await readCase(ground.database.read, ground.vault, 1)
    const rows = [
      ...(await ground.database.read.selectFrom('cases').selectAll().execute()),
      ...(await ground.database.read.selectFrom('case_files').selectAll().execute()),
      ...(await ground.database.read.selectFrom('audit_events').selectAll().execute()),
    ]
    const words = (value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)
    const everything = rows.flatMap((row) => Object.values(row).map(words)).join('\n')
    expect(everything).toContain('case_')
    for (const secret of ['holiday', 'user-4711', files[0]?.digests.sha256 ?? '', files[0]?.digests.md5 ?? ''])
      expect(everything.includes(secret), 'a secret stands in a table').toBe(false)
  })

  it('pages through cases by number and state, newest first', async () => {
    await using ground = await openGround(await empty())
    for (let i = 0; i < 5; i += 1) await ground.found({ context: { surface: 'upload' } })
    const numbers = async (query: { before?: number; state?: 'dismissed' }) =>
      (await listCases(ground.database.read, { limit: 2, ...query })).map((one) => one.number)
    expect(await numbers({})).toEqual([5, 4])
    expect(await numbers({ before: 4 })).toEqual([3, 2])
    expect(await numbers({ state: 'dismissed' })).toEqual([])
  })
})
