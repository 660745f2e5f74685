// Every file under some paths, in the order of their names, in constant memory. Ends on any file system.
import { lstatSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Failure, failure, troubleOf } from './files.ts'

/**
 * file: something to be looked at. failure: a path that was named or found and cannot be read. folder_link: a link to a
 * folder that was found on the way and not followed, since it may lead anywhere, or round in a circle.
 */
export type Found =
  | { readonly kind: 'file'; readonly path: string; readonly sizeBytes: number }
  | { readonly kind: 'failure'; readonly path: string; readonly failure: Failure }
  | { readonly kind: 'folder_link'; readonly path: string }

/** Links that are named are followed, and so are links to files; pipes, sockets and devices are passed over. */
export async function* walk(paths: readonly string[]): AsyncGenerator<Found> {
  for (const path of paths) {
    const stats = await attempt(path, () => statSync(path))
    if ('kind' in stats) yield stats
    else if (stats.isDirectory()) yield* folder(path)
    else if (stats.isFile()) yield { kind: 'file', path, sizeBytes: stats.size }
    else yield { kind: 'failure', path, failure: failure('not_a_file') }
  }
}

async function* folder(path: string): AsyncGenerator<Found> {
  const entries = await attempt(path, () => readdir(path, { withFileTypes: true }))
  if ('kind' in entries) return yield entries
  const names = entries.map(({ name }) => name).sort()
  for (const name of names) yield* entry(join(path, name))
}

async function* entry(path: string): AsyncGenerator<Found> {
  // At once: the folder was just read, and in the background it would cost ten times as much.
  const own = await attempt(path, () => lstatSync(path))
  if ('kind' in own) return yield own
  if (own.isDirectory()) return yield* folder(path)
  const stats = own.isSymbolicLink() ? await attempt(path, () => statSync(path)) : own
  if ('kind' in stats) yield stats
  else if (stats.isDirectory()) yield { kind: 'folder_link', path }
  else if (stats.isFile()) yield { kind: 'file', path, sizeBytes: stats.size }
}

async function attempt<T>(path: string, act: () => T | Promise<T>): Promise<T | (Found & { kind: 'failure' })> {
  try {
    return await act()
  } catch (error) {
    return { kind: 'failure', path, failure: failure(troubleOf(error)) }
  }
}
