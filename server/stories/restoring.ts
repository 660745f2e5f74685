// What stories of a restore have in common: a backup, the loss of everything else, an older database put back, and who answers for it.
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { addPerson } from '#access'
import { restoreBackup, writeBackup } from '#backup'
import { fillDatabase, migrate, openDatabase, readSnapshot } from '#db'
import { endPause } from '#pause'
import { emptyDatabase } from '../src/db/testing.ts'
import type { Kind, World } from './world.ts'

export async function backUp(world: World, into = 'backups') {
  const { database, vault, clock, config } = world.wardline.ground
  return writeBackup({
    database,
    vault,
    clock,
    environment: config.environment,
    data: config.data,
    folder: join(config.data, 'vault'),
    keyFile: config.vault.keyFile,
    into: join(world.folder, into),
  })
}

export async function restoring(world: World, kind: Kind, from: string, data: string) {
  const settings = await emptyDatabase(kind)
  const databaseUrl = settings.kind === 'postgres' ? settings.url : undefined
  const keyFile = join(world.folder, 'wardline.key')
  return { from, data, keyFile, environment: 'sandbox' as const, databaseUrl, clock: world.clock }
}

/** Everything but the backup and the key is lost. */
export async function disaster(world: World, kind: Kind, from: string): Promise<void> {
  await world.stop()
  const data = join(world.folder, 'data')
  await rm(data, { recursive: true })
  const settings = await restoring(world, kind, from, data)
  await restoreBackup(settings)
  await world.start({ database: { url: settings.databaseUrl } })
}

export async function copyDatabase(world: World, kind: Kind) {
  const settings = await emptyDatabase(kind)
  {
    await using copy = openDatabase(settings)
    await readSnapshot(world.database, ({ migrations, tables }) =>
      fillDatabase(copy, migrations, tables(), async () => {}),
    )
    await migrate(copy)
  }
  const file = join(world.folder, 'data', 'wardline.db')
  return {
    settings: settings.kind === 'postgres' ? { database: { url: settings.url } } : {},
    putBack: async () => {
      if (settings.kind === 'postgres') return
      for (const tail of ['-wal', '-shm']) await rm(`${file}${tail}`, { force: true })
      await rename(settings.file, file)
    },
  }
}

export async function person(world: World) {
  const { database, clock } = world.wardline.ground
  const { id } = await database.transact((tx) =>
    addPerson(tx, clock, { name: 'Ada', email: 'ada@platform.example', roles: ['administrator', 'reviewer'] }),
  )
  return `person:${id}` as const
}

export function end(world: World, by: `person:${string}`) {
  return world.database.transact((tx) => endPause(tx, world.clock, { by, reason: 'all is said' }))
}
