// Whether a path leads into a folder, by whatever link, also when it does not exist yet.
import { realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'

export async function liesInside(folder: string, path: string): Promise<boolean> {
  const way = relative(await real(folder), await real(path))
  return way !== '..' && !way.startsWith('../') && !isAbsolute(way)
}

async function real(path: string): Promise<string> {
  const full = resolve(path)
  try {
    return await realpath(full)
  } catch {
    // Where nothing is, nothing is a link; a folder that may not be looked into is taken by its name.
    return dirname(full) === full ? full : join(await real(dirname(full)), basename(full))
  }
}
