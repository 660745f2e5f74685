import { toHex } from '@wardline/pdq'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { type Change, DEFAULT_POLICY, encodeBlock, type ListClass, type Put } from '#lists'
import { Catalogue } from './catalogue.ts'
import { digests, entry, flipped, found, list, matcherContract, type Open, pdqOf, picture, zero } from './contract.ts'
import { type Found, matcherOf, openMatcher } from './match.ts'
import { matchPlainly, type PlainList } from './plain.ts'

const quiet = { info: () => {}, warn: () => {}, error: () => {} }
const opened: Catalogue[] = []
afterAll(() => Promise.all(opened.map((catalogue) => catalogue.index.close())))

const openCatalogue = async (lists: readonly PlainList[]) => {
  const catalogue = new Catalogue(quiet)
  opened.push(catalogue)
  catalogue.setHeads(lists)
  for (const { id, entries } of lists) await catalogue.lay(id, encodeBlock(entries))
  await catalogue.fill()
  await catalogue.publish(1)
  return catalogue
}
const whole: Open = async (lists) => matcherOf(await openCatalogue(lists)).match
/** The same lists, brought in an entry at a time while the catalogue lives. */
const grown: Open = async (lists) => {
  const catalogue = await openCatalogue(lists.map((each) => ({ ...each, entries: [] })))
  for (const { id, entries } of lists)
    for (const each of entries) {
      await catalogue.lay(id, encodeBlock([each]))
      await catalogue.publish(catalogue.version + 1)
    }
  return matcherOf(catalogue).match
}

matcherContract('plainly', async (lists) => (image) => matchPlainly(lists, image))
matcherContract('by the catalogue', whole)
matcherContract('by a catalogue that grows', grown)

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 })
const turn = (of: Uint8Array, bit: number) => of.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
/** Random hashes are far apart: most of these are near the first one, on both sides of the radius. */
const near = (to: Uint8Array) =>
  fc.array(fc.nat(255), { maxLength: 40 }).map((bits) => bits.reduce((out, bit) => turn(out, bit), to))
const value = (one: Uint8Array) =>
  fc.oneof(
    fc.oneof(near(one), fc.constant(one), bytes).map(pdqOf),
    fc
      .constantFrom('md5' as const, 'sha1' as const, 'sha256' as const)
      .chain((algorithm) =>
        fc
          .constantFrom(digests[algorithm], digests[algorithm].replace(/^./, '4'))
          .map((hex) => ({ algorithm, value: hex })),
      ),
  )
const names = ['us', 'them', 'others']
const put = (one: Uint8Array): fc.Arbitrary<Put> =>
  fc
    .record({
      source: fc.constantFrom(...names),
      entryId: fc.nat(8).map((number) => `e${number}`),
      class: fc.constantFrom<ListClass>('csam', 'test', 'never_match'),
      members: fc.subarray(names),
      values: fc.uniqueArray(value(one), { maxLength: 4, selector: (each) => each.value }),
    })
    .map((each) => ({ ...each, kind: 'put' as const, members: [...new Set([each.source, ...each.members])] }))
const policy = fc.record({
  radiusBits: fc.nat(31),
  leastQuality: fc.constantFrom(0, 50, 90),
  leastMembers: fc.constantFrom(1, 1, 2),
  share: fc.constant(1),
  enabled: fc.constantFrom(true, true, true, false),
})
const change = (one: Uint8Array): fc.Arbitrary<Change> =>
  fc.oneof(
    { weight: 4, arbitrary: put(one) },
    put(one).map(({ source, entryId }) => ({ kind: 'remove' as const, source, entryId })),
  )
const image = (one: Uint8Array): fc.Arbitrary<Found> =>
  fc
    .array(fc.record({ hash: near(one), full: near(one), quality: fc.constantFrom(49, 50, 89, 100) }), { maxLength: 2 })
    .map((pictures) => found(...pictures.map(({ hash, ...rest }, index) => picture(hash, { ...rest, index }))))

describe('any lists and any picture: what is found is what comparing each pair finds', () => {
  it('while the lists change, batch by batch', async () => {
    const world = bytes.chain((one) =>
      fc.record({
        policies: fc.array(policy, { minLength: 1, maxLength: 3 }),
        batches: fc.array(
          fc.record({ list: fc.nat(2), changes: fc.array(change(one), { maxLength: 12 }), isShown: fc.boolean() }),
          { maxLength: 6 },
        ),
        image: image(one),
        begin: fc.nat(3),
      }),
    )
    await fc.assert(
      fc.asyncProperty(world, async ({ policies, batches, image, begin }) => {
        const lists = policies.map((each, at) => list([], { id: `l${at}`, policy: each }))
        await using catalogue = new Catalogue(quiet)
        catalogue.setHeads(lists)
        const state = new Map(lists.map(({ id }) => [id, new Map<string, Put>()]))
        const { match } = matcherOf(catalogue)
        for (const [at, { list: which, changes, isShown }] of batches.entries()) {
          if (at === begin) await catalogue.fill()
          const id = `l${which % lists.length}`
          const before = at > begin ? match(image) : []
          await catalogue.lay(id, encodeBlock(changes))
          if (at > begin) expect(match(image)).toEqual(before)
          const isPublished = isShown || at === batches.length - 1
          if (isPublished) await catalogue.publish(at + 1)
          for (const each of changes) {
            const key = `${each.source} ${each.entryId}`
            if (each.kind === 'put') state.get(id)?.set(key, each)
            else state.get(id)?.delete(key)
          }
          if (at < begin || !isPublished) continue
          const plain = lists.map((each) => ({ ...each, entries: [...(state.get(each.id)?.values() ?? [])] }))
          expect(match(image)).toEqual(matchPlainly(plain, image))
          expect(catalogue.size).toBe(plain.reduce((sum, { entries }) => sum + entries.length, 0))
        }
      }),
      { numRuns: 60 },
    )
  }, 120_000)
})

it('a catalogue takes another policy at once, and a list that is gone is not asked', async () => {
  const catalogue = await openCatalogue([list([entry()]), list([entry()], { id: 'other' })])
  const { match, policyOf } = matcherOf(catalogue)
  catalogue.setHeads([list([], { policy: { radiusBits: 3 } })])
  expect(match(found(picture(flipped(zero, 3)))).map(({ listId }) => listId)).toEqual(['drawn'])
  expect(match(found(picture(flipped(zero, 4))))).toEqual([])
  expect(policyOf('drawn')).toEqual({ ...DEFAULT_POLICY, radiusBits: 3 })
  expect(policyOf('other')).toBeUndefined()
  expect(catalogue.size).toBe(1)
})

it('a list that was taken away and comes back has only what it has now', async () => {
  const catalogue = await openCatalogue([list([entry()])])
  const { match } = matcherOf(catalogue)
  catalogue.setHeads([])
  await catalogue.publish(2)
  expect(match(found(picture(zero)))).toEqual([])
  for (const createdAt of [1, 2]) {
    catalogue.setHeads([{ ...list([]), createdAt }])
    await catalogue.lay('drawn', encodeBlock([entry({ entryId: `e${createdAt}` })]))
    await catalogue.publish(2 + createdAt)
  }
  expect(match(found(picture(zero))).map(({ entryId }) => entryId)).toEqual(['e2'])
  expect(matcherOf(catalogue)).toMatchObject({ size: 1, lists: [{ id: 'drawn', entries: 1 }] })
})

it('a list that vanishes while it is loaded counts for nothing', async () => {
  await using catalogue = new Catalogue(quiet)
  catalogue.setHeads([list([]), list([], { id: 'other' })])
  await catalogue.lay('drawn', encodeBlock([entry(), entry({ entryId: 'e2' })]))
  catalogue.setHeads([list([], { id: 'other' })])
  await catalogue.lay('other', encodeBlock([entry()]))
  await catalogue.fill()
  await catalogue.publish(1)
  expect(catalogue.lists).toEqual([{ id: 'other', entries: 1 }])
  expect(catalogue.size).toBe(1)
})

it('a matcher says how much it holds and of which lists', async () => {
  const row = { listId: 'drawn', source: 'us', entryId: 'e1', algorithm: 'pdq' as const, value: toHex(zero) }
  const rows = [row, { ...row, algorithm: 'md5' as const, value: digests.md5 }, { ...row, entryId: 'e2' }]
  const entries = rows.map((each) => ({ ...each, class: 'test' as const }))
  const lists = [
    { id: 'drawn', class: 'test' as const, radiusBits: 31, entries },
    { id: 'empty', class: 'test' as const, radiusBits: 31, entries: [] },
  ]
  const matcher = await openMatcher({ lists, log: quiet })
  expect(matcher).toMatchObject({
    version: 0,
    size: 2,
    lists: [
      { id: 'drawn', entries: 2 },
      { id: 'empty', entries: 0 },
    ],
  })
  expect(matcher.bytes).toBeGreaterThan(0)
  expect(matcher.match(found(picture(zero)))).toHaveLength(3)
})

it('a thousand entries of one value are a thousand grounds', async () => {
  const entries = Array.from({ length: 1_000 }, (_, at) =>
    entry({ entryId: `e${at}`, values: [pdqOf(zero), { algorithm: 'md5', value: digests.md5 }] }),
  )
  expect((await whole([list(entries)]))(found(picture(zero)))).toHaveLength(2_000)
})

it('a file may have more values of one entry than a block holds, and each of them is found', async () => {
  const values = Array.from({ length: 300 }, (_, at) => at.toString(16).padStart(32, '0'))
  const entries = values.map((value) => ({
    listId: 'drawn',
    source: 'us',
    entryId: 'e1',
    algorithm: 'md5' as const,
    value,
    class: 'test' as const,
  }))
  const { match } = await openMatcher({ lists: [{ id: 'drawn', class: 'test', radiusBits: 31, entries }], log: quiet })
  for (const md5 of values) expect(match({ digests: { ...digests, md5 }, pictures: [] })).toHaveLength(1)
})
