import { afterAll, describe, expect, it } from 'vitest'
import { openDecoders } from '#hash'
import { readDrawing, readTestCards } from '#lists'
import { matchCards } from './match.ts'

const cards = readTestCards()
const quiet = { info: () => {}, warn: () => {}, error: () => {} }
const decoders = openDecoders({
  count: 1,
  deadlineMs: 20_000,
  memoryMb: 1536,
  maxPixels: 10_000_000,
  frames: 10,
  framePixels: 100_000_000,
  frameMs: 5_000,
  log: quiet,
})
afterAll(() => decoders.close())

const foundIn = async (bytes: Uint8Array) => matchCards(cards, (await decoders.print(bytes)).print)

describe('the test cards, decoded as an upload is', () => {
  it.each(cards.cards)('card $number ($words) is found, and as that card alone', async (card) => {
    const grounds = await foundIn(readDrawing(card))
    expect(grounds.map(({ entryId }) => entryId)).toEqual([`card-${card.number}`])
    const [ground] = grounds
    expect(ground).toMatchObject({ class: 'test', algorithm: card.pdq === undefined ? 'sha256' : 'pdq' })
    // Far from the radius: another machine's decoder may be some bits off.
    expect(ground?.distanceBits).toBeLessThanOrEqual(16)
    if (card.words.includes('third frame')) expect(ground?.pictureIndex).toBe(2)
  })

  it('the near miss is no card, though the first one is not far', async () => {
    const { print } = await decoders.print(readDrawing(cards.nearMiss))
    expect(matchCards(cards, print)).toEqual([])
    const looser = matchCards({ ...cards, radiusBits: 64 }, print)
    expect(looser.map(({ entryId }) => entryId)).toContain('card-1')
  })

  it('what is known by its digest alone is unknown with one byte more', async () => {
    const card = cards.cards.find(({ pdq }) => pdq === undefined)
    if (card === undefined) throw new Error('there is no such card')
    expect(await foundIn(Buffer.concat([readDrawing(card), Buffer.from([0])]))).toEqual([])
  })
})
