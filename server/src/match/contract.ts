// What every matcher keeps to, the living catalogue and its plain twin.
import { toHex } from '@wardline/pdq'
import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY, type ListClass, type ListPolicy, type Put } from '#lists'
import type { Found, Ground } from './match.ts'
import type { PlainList } from './plain.ts'

export type Match = (found: Found) => Ground[]
export type Open = (lists: readonly PlainList[]) => Promise<Match>

export const digests = { md5: '1'.repeat(32), sha1: '2'.repeat(40), sha256: '3'.repeat(64) }
export const zero = new Uint8Array(32)
/** The hash with so many bits turned round, scattered over the words. */
export const flipped = (hash: Uint8Array, count: number) => {
  const out = Uint8Array.from(hash)
  for (let bit = 0; bit < count; bit += 1) {
    const at = (bit * 37) % 256
    out[at >> 3] = (out[at >> 3] ?? 0) ^ (1 << (at & 7))
  }
  return out
}
export const pdqOf = (hash: Uint8Array) => ({ algorithm: 'pdq' as const, value: toHex(hash) })
export const entry = (change: Partial<Put> = {}): Put => ({
  kind: 'put',
  source: 'us',
  entryId: 'e1',
  class: 'test',
  members: ['us'],
  values: [pdqOf(zero)],
  ...change,
})
export const list = (
  entries: readonly Put[],
  { policy = {}, ...change }: { id?: string; class?: ListClass; policy?: Partial<ListPolicy> } = {},
): PlainList => ({ id: 'drawn', class: 'test', entries, policy: { ...DEFAULT_POLICY, ...policy }, ...change })
export const picture = (hash: Uint8Array, { full = hash, quality = 100, index = 0 } = {}) => ({
  index,
  commandLine: { hash, quality },
  fullResolution: { hash: full, quality },
})
export const found = (...pictures: Found['pictures'][number][]): Found => ({ digests, pictures })

export function matcherContract(name: string, open: Open): void {
  const match = async (lists: readonly PlainList[], image: Found) => (await open(lists))(image)

  describe(`a picture, ${name}`, () => {
    it('at the radius of a list matches, one bit beyond it does not', async () => {
      for (const radiusBits of [0, 10, 31]) {
        const asked = await open([list([entry()], { policy: { radiusBits } })])
        expect(asked(found(picture(flipped(zero, radiusBits))))).toMatchObject([
          { distanceBits: radiusBits, radiusBits },
        ])
        expect(asked(found(picture(flipped(zero, radiusBits + 1))))).toEqual([])
      }
    })

    it('is held against each list by the radius of that list', async () => {
      const lists = [5, 20].map((radiusBits) => list([entry()], { id: `within-${radiusBits}`, policy: { radiusBits } }))
      const asked = await open(lists)
      const ids = (distance: number) => asked(found(picture(flipped(zero, distance)))).map(({ listId }) => listId)
      expect([ids(5), ids(6), ids(20), ids(21)]).toEqual([['within-20', 'within-5'], ['within-20'], ['within-20'], []])
    })

    it('is looked up in both flavours, and the nearer one is told', async () => {
      const near = flipped(zero, 3)
      const far = flipped(zero, 9)
      const asked = await open([list([entry()])])
      expect(asked(found(picture(far, { full: near })))).toEqual([
        {
          listId: 'drawn',
          source: 'us',
          entryId: 'e1',
          class: 'test',
          algorithm: 'pdq',
          distanceBits: 3,
          radiusBits: 31,
          pictureIndex: 0,
          flavour: 'full_resolution',
          quality: 100,
          members: 1,
        },
      ])
      expect(asked(found(picture(near, { full: far })))).toMatchObject([{ distanceBits: 3, flavour: 'command_line' }])
      expect(asked(found(picture(flipped(zero, 200), { full: near })))).toHaveLength(1)
    })

    it('of less quality than a list asks for is not compared with it', async () => {
      const asked = await open([list([entry()]), list([entry()], { id: 'strict', policy: { leastQuality: 80 } })])
      const ids = (quality: number) => asked(found(picture(zero, { quality }))).map(({ listId }) => listId)
      expect([ids(49), ids(50), ids(79), ids(80)]).toEqual([[], ['drawn'], ['drawn'], ['drawn', 'strict']])
    })

    it('meets a never_match entry only where it is all but the same, whatever the radius of the list', async () => {
      for (const radiusBits of [0, 31]) {
        const silent = list([entry({ class: 'never_match' })], { class: 'never_match', policy: { radiusBits } })
        const asked = await open([silent])
        expect(asked(found(picture(flipped(zero, 2))))).toMatchObject([
          { class: 'never_match', distanceBits: 2, radiusBits: 2 },
        ])
        expect(asked(found(picture(flipped(zero, 3))))).toEqual([])
      }
    })

    it('gives one ground an entry, the nearest, for each picture of an image', async () => {
      const both = entry({ values: [pdqOf(flipped(zero, 6)), pdqOf(zero)] })
      const image = found(picture(flipped(zero, 2)), picture(zero, { index: 1 }))
      const grounds = await match([list([both, entry({ source: 'others', members: ['others'] })])], image)
      expect(grounds.map(({ source, pictureIndex, distanceBits }) => [source, pictureIndex, distanceBits])).toEqual([
        ['others', 1, 0],
        ['us', 1, 0],
        ['others', 0, 2],
        ['us', 0, 2],
      ])
    })

    it('counts only where as many members say so as the list asks for, by all entries of that value', async () => {
      const of = (entryId: string, value: Uint8Array, ...members: string[]) =>
        entry({ entryId, members, values: [pdqOf(value)] })
      const other = flipped(zero, 4)
      const entries = [of('a', zero, 'us'), of('b', zero, 'us', 'them'), of('c', zero, 'others'), of('d', other, 'us')]
      const elsewhere = list([of('e', zero, 'us')], { id: 'elsewhere' })
      const told = async (leastMembers: number) =>
        (await match([list(entries, { policy: { leastMembers } }), elsewhere], found(picture(zero)))).map(
          ({ entryId, members }) => `${entryId} ${members}`,
        )
      expect(await told(1)).toEqual(['a 3', 'b 3', 'c 3', 'e 1', 'd 1'])
      expect(await told(3)).toEqual(['a 3', 'b 3', 'c 3', 'e 1'])
      expect(await told(4)).toEqual(['e 1'])
    })

    it('and file are compared with no list that is disabled', async () => {
      const values = [pdqOf(zero), { algorithm: 'md5' as const, value: digests.md5 }]
      const off = list([entry({ values })], { policy: { enabled: false } })
      expect(await match([off], found(picture(zero)))).toEqual([])
      expect(await match([off, list([entry({ values })], { id: 'on' })], found(picture(zero)))).toHaveLength(2)
    })
  })

  describe(`a file, ${name}`, () => {
    it('matches by each digest that a list holds, before any likeness', async () => {
      const values = (['md5', 'sha1', 'sha256'] as const).map((algorithm) => ({ algorithm, value: digests[algorithm] }))
      const grounds = await match([list([entry({ values: [pdqOf(zero), ...values] })])], found(picture(zero)))
      expect(grounds.map(({ algorithm }) => algorithm)).toEqual(['md5', 'sha1', 'sha256', 'pdq'])
      expect(grounds[0]).toMatchObject({ distanceBits: 0, pictureIndex: null, flavour: null, quality: null })
    })

    it('whose pictures could not be decoded still matches by digest', async () => {
      const values = [{ algorithm: 'md5' as const, value: digests.md5 }]
      expect(await match([list([entry({ values })])], found())).toHaveLength(1)
    })

    it('is not found by a digest of another kind, or by a digest that only begins alike', async () => {
      const values = [pdqOf(Buffer.from(digests.sha256, 'hex'))]
      expect(await match([list([entry({ values })])], found())).toEqual([])
      const alike = [{ algorithm: 'sha256' as const, value: digests.sha256.replace(/.$/, '4') }]
      expect(await match([list([entry({ values: alike })])], found())).toEqual([])
    })

    it('on several lists, under several entries, has grounds of each', async () => {
      const values = [{ algorithm: 'sha1' as const, value: digests.sha1 }]
      const entries = ['e1', 'e2'].map((entryId) => entry({ entryId, values }))
      const grounds = await match([list(entries, { id: 'a' }), list(entries, { id: 'b' })], found())
      expect(grounds.map(({ listId, entryId }) => listId + entryId)).toEqual(['ae1', 'ae2', 'be1', 'be2'])
    })

    it('is compared with nothing where there are no lists', async () => {
      expect(await match([], found(picture(zero)))).toEqual([])
      expect(await match([list([])], found(picture(zero)))).toEqual([])
    })
  })
}
