import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { openCards } from './cards.ts'

it('altered cards are not used, and the server is told so by the name of the file and runs on', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wardline-cards-'))
  try {
    const home = join(import.meta.dirname, '../lists/cards')
    for (const file of ['test-cards.json', 'test-cards.json.sig']) cpSync(join(home, file), join(folder, file))
    const said: unknown[] = []
    const log = {
      info: () => {},
      warn: () => {},
      error: (fields: object, words: string) => said.push({ fields, words }),
    }
    const url = pathToFileURL(`${folder}/`)
    expect(openCards(log, url)?.cards.length).toBeGreaterThan(0)
    expect(said).toEqual([])

    const list = join(folder, 'test-cards.json')
    writeFileSync(list, readFileSync(list, 'utf8').replace('"radiusBits": 31', '"radiusBits": 30'))
    expect(openCards(log, url)).toBeUndefined()
    expect(said).toEqual([
      { fields: { code: 'test_cards_altered' }, words: expect.stringMatching(/^ALERT: .*test-cards\.json is not/) },
    ])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
