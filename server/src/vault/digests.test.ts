import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { emptyDatabases } from '../db/testing.ts'
import { digestPurposes } from './digests.ts'
import { openSeals } from './seal.ts'
import { openVaultWorld } from './testing.ts'

describe.each(emptyDatabases)('keyed digests on %s', (_kind, empty) => {
  it('are those of the first key for ever, through any number of rotations', async () => {
    await using world = await openVaultWorld(await empty())
    const first = openSeals(Buffer.from(readFileSync(world.keyFile, 'utf8').trim(), 'hex'))
    const wanted = digestPurposes.map((purpose) => first.keyed(purpose, 'somebody'))
    expect(new Set(wanted).size).toBe(digestPurposes.length)
    for (let turn = 0; turn < 3; turn += 1) {
      const vault = await world.reopen()
      expect(digestPurposes.map((purpose) => vault.keyed(purpose, 'somebody'))).toEqual(wanted)
      await vault.rotate({ patienceMs: 0, withoutCopy: true })
      await world.database.read
        .updateTable('vault_keys')
        .set({ emptied_at: 1 })
        .where('fingerprint', '!=', vault.fingerprint)
        .execute()
    }
  })
})

it('no purpose is listed that nothing in the server uses', () => {
  const root = join(import.meta.dirname, '..')
  const files = globSync('**/*.ts', { cwd: root, exclude: ['**/*.test.ts', 'vault/**'] })
  const text = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n')
  const isUsed = (purpose: string) => new RegExp(`keyed\\(\\s*'${purpose}'`).test(text)
  expect(digestPurposes.filter((purpose) => !isUsed(purpose))).toEqual([])
})
