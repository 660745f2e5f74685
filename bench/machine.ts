// What a record says about where and when it was made, and about whom it could not be compared with.
import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'

export function machine() {
  const cores = cpus()
  return {
    date: new Date().toISOString(),
    cpu: cores[0]?.model ?? 'unknown',
    cores: cores.length,
    node: process.version,
  }
}

/** PDQ packages that public documentation names. One that the registry answers for wants its place among the contenders. */
const peers = ['pdq-wasm']

export function peersOnNpm() {
  return peers.map((name) => {
    const told = spawnSync('npm', ['view', name, 'version'], { encoding: 'utf8' })
    const code = /code (E\w+)/.exec(told.stderr ?? '')?.[1]
    return {
      name,
      version: told.stdout?.trim() || null,
      compared: false,
      why: code ? `npm view: ${code}` : 'no adapter',
    }
  })
}
