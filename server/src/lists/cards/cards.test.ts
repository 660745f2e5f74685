import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readDrawing, readTestCards } from './cards.ts'

const home = import.meta.dirname
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wardline-cards-'))
  for (const file of ['test-cards.json', 'test-cards.json.sig', 'pictures'])
    cpSync(join(home, file), join(folder, file), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const url = () => pathToFileURL(`${folder}/`)
const alter = (file: string, at: number) => {
  const bytes = readFileSync(join(folder, file))
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(join(folder, file), bytes)
}

describe('the signed list of test cards', () => {
  it('is what was signed, and each picture is the one it names', () => {
    const { cards, nearMiss } = readTestCards(url())
    expect(cards.map(({ number }) => number)).toEqual(cards.map((_, place) => place + 1))
    for (const card of [...cards, nearMiss]) expect(readDrawing(card, url()).length).toBeGreaterThan(1000)
    const named = [...cards, nearMiss].map(({ file }) => file)
    expect(globSync('*', { cwd: join(home, 'pictures') }).sort()).toEqual(named.sort())
  })

  it('comes in every format that is decoded, in animations on a later frame, and once by its digest alone', () => {
    const { cards } = readTestCards()
    const types = new Set(cards.map(({ mediaType }) => mediaType))
    expect([...types].sort()).toEqual(['avif', 'gif', 'jpeg', 'png', 'tiff', 'webp'].map((type) => `image/${type}`))
    expect(cards.filter(({ words }) => words.includes('third frame')).length).toBe(2)
    expect(cards.filter(({ pdq }) => pdq === undefined).length).toBe(1)
  })

  it('altered by one byte anywhere is refused by name, and not by what stands in it', () => {
    const { length } = readFileSync(join(folder, 'test-cards.json'))
    for (const at of [0, 100, Math.floor(length / 2), length - 1]) {
      alter('test-cards.json', at)
      const refused = expect.objectContaining({
        code: 'test_cards_altered',
        message: expect.stringContaining('test-cards.json'),
      })
      expect(() => readTestCards(url())).toThrow(refused)
      expect(() => readTestCards(url())).not.toThrow(/[0-9a-f]{32}/)
      alter('test-cards.json', at)
    }
    expect(readTestCards(url()).cards.length).toBeGreaterThan(0)
  })

  it('with a signature altered by one byte, or without one, is refused', () => {
    alter('test-cards.json.sig', 10)
    expect(() => readTestCards(url())).toThrow(/test-cards\.json/)
    rmSync(join(folder, 'test-cards.json.sig'))
    expect(() => readTestCards(url())).toThrow(/test-cards\.json\.sig cannot be read/)
  })

  it('names the picture that was altered', () => {
    const [card] = readTestCards(url()).cards
    if (card === undefined) throw new Error('there is no card')
    alter(`pictures/${card.file}`, 5000)
    expect(() => readDrawing(card, url())).toThrow(/card-01\.jpg is not the picture/)
  })
})
