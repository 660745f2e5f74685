import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import type { DatabaseSettings } from '#db'
import { emptyDatabases } from '../db/testing.ts'
import { openVaultWorld, resealed, type VaultWorld } from './testing.ts'
import { listKeys } from './vault.ts'

const by = { actor: 'wardline', why: 'filing' } as const
const drawing = Buffer.from('a plain drawing')
const steps = ['new key written', 'new key known', 'new key in use', 'page', 'key retired']

describe.each(emptyDatabases)('on %s, a rotation that is killed', (_kind, empty) => {
  it.each(steps)('after "%s" has lost nothing, and ends as any other when it is asked for again', async (step) => {
    const settings = await empty()
    await using world = await openVaultWorld(settings)
    const ids: string[] = []
    for (let at = 0; at < 3; at += 1) ids.push(await put(world))
    const old = world.vault.fingerprint
    expect(await turn(settings, world, step)).toBe('SIGKILL')
    // Whoever starts now reads what there was and writes more, whatever step it was.
    const between = await world.reopen()
    ids.push(await put({ ...world, vault: between }))
    await readAll(between, ids)

    expect(await turn(settings, world, null)).toBeNull()
    const after = await world.reopen()
    await readAll(after, ids)
    expect(after.fingerprint).not.toBe(old)
    const standing = Object.fromEntries(
      (await listKeys(world.database.read)).map(({ fingerprint, state }) => [fingerprint, state]),
    )
    expect(standing).toEqual({ [old]: 'retired', [after.fingerprint]: 'in_use' })
    await resealed({ ...world, vault: after })
    // One that was cut off between its file and its row leaves that file; nothing knows it, and nothing needs it.
    const files = (await readdir(dirname(world.keyFile))).sort()
    expect(files.slice(0, 1)).toEqual(['vault.key'])
    expect(files).toHaveLength(step === 'new key written' ? 2 : 1)
  })
})

async function put({ vault, database }: Pick<VaultWorld, 'vault' | 'database'>): Promise<string> {
  const preserved = await vault.preserve(drawing)
  await database.transact((tx) => vault.record(tx, preserved))
  return preserved.id
}

async function readAll(vault: VaultWorld['vault'], ids: readonly string[]): Promise<void> {
  for (const id of ids) expect((await (await vault.open(id, by)).bytes()).equals(drawing)).toBe(true)
}

/** A whole rotation in a process of its own, from wherever the last one stopped, that dies right after a step. */
async function turn(
  settings: DatabaseSettings,
  { folder, keyFile }: VaultWorld,
  dieAfter: string | null,
): Promise<unknown> {
  const program = `
    const [settings, folder, keyFile, dieAfter, vaultUrl, dbUrl, baseUrl] = process.argv.slice(1)
    const { openVault, resealAll, finishRotation, retireKey, listKeys } = await import(vaultUrl)
    const { openDatabase } = await import(dbUrl)
    const { systemClock: clock } = await import(baseUrl)
    const reach = (step) => { if (step === dieAfter) process.kill(process.pid, 'SIGKILL') }
    const log = { info: ({ step }) => reach(step), warn() {}, error() {} }
    await using database = openDatabase(JSON.parse(settings))
    const vault = await openVault({ folder, keyFile, database, clock, log, createKey: false })
    const state = async (wanted) => (await listKeys(database.read)).find(({ state }) => state === wanted)?.fingerprint
    const begun = (await state('former')) ?? (await state('empty')) ?? (await state('retired'))
    if (begun === undefined) await vault.rotate({ patienceMs: 60000, withoutCopy: true })
    let pages = 0
    const hold = async () => { if (++pages === 3) reach('page') }
    await resealAll({ database, vault, signal: new AbortController().signal, hold })
    reach('page')
    await finishRotation({ database, clock }, async () => {})
    const retiring = { keyFile, database, clock, log }
    await retireKey(retiring, (await state('empty')) ?? (await state('retired')), { withoutCopy: true })`
  const url = (path: string) => new URL(path, import.meta.url).href
  const child = spawn(
    process.execPath,
    [
      ...['--input-type=module', '--eval', program, JSON.stringify(settings), folder, keyFile, dieAfter ?? 'never'],
      ...[url('./vault.ts'), url('../db/db.ts'), url('../base/base.ts')],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const [said, [code, signal]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  if (signal === null && code !== 0) throw new Error(said)
  return signal
}
