#!/usr/bin/env node
// Starts `wardline` on a Node that can run it. Plain .mjs without newer syntax: an old Node must be able to read this file.
import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const neededMajor = 24
/** The pinned Node is started under this name, so that it never hands over a second time. */
const startedAs = 'wardline'
const here = fileURLToPath(import.meta.url)

if (Number(process.versions.node.split('.')[0]) >= neededMajor) {
  if (process.argv0 === startedAs && process.connected) endWithLauncher()
  keepCompiled(dirname(here))
  import('../src/wardline.ts')
} else handOver(process.argv0 === startedAs ? undefined : findPinnedNode(dirname(here)))

/** Runs the same command on the pinned Node, as if it had been started in our place. */
function handOver(pinnedNode) {
  if (pinnedNode === undefined) refuse('')
  const child = spawn(pinnedNode, [here].concat(process.argv.slice(2)), {
    // Over the last one nothing is ever said: it closes when this process is gone, however it went.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    argv0: startedAs,
  })
  const passOn = (signal) => child.kill(signal)
  process.on('SIGTERM', passOn)
  process.on('SIGHUP', passOn)
  // Ctrl-C on a terminal reaches parent and child alike: passed on again, it would count twice.
  process.on('SIGINT', process.stdin.isTTY ? () => {} : passOn)
  child.on('error', (error) => refuse(` The one in ${pinnedNode} does not start (${error.code}).`))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

/** A launcher that was killed passes no signal on: what it started then ends as it would at SIGTERM. */
function endWithLauncher() {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel.unref()
}

/**
 * Compiled code is kept beside the installed packages, where it is trusted as they are: a third off the start of every command.
 * Not where they belong to another user, who could not remove what we left there.
 */
function keepCompiled(folder) {
  const packages = join(folder, 'node_modules')
  // A workspace has a node_modules of its own, which holds nothing but links; the one with Node in it is the repository's.
  if (existsSync(join(packages, 'node'))) {
    const isOurs = process.getuid === undefined || statSync(packages).uid === process.getuid()
    if (isOurs) module.enableCompileCache(join(packages, '.cache', 'wardline'))
  } else if (dirname(folder) !== folder) keepCompiled(dirname(folder))
}

/** The path of the repository's own Node, which `npm ci` puts into a node_modules folder above this file. */
function findPinnedNode(folder) {
  const node = join(folder, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(node)) return node
  return dirname(folder) === folder ? undefined : findPinnedNode(dirname(folder))
}

function refuse(detail) {
  console.error(
    `wardline needs Node ${neededMajor} or newer, and this is ${process.version}.${detail} ` +
      'Install a newer one, or run `npm ci` in the repository, which brings its own.',
  )
  process.exit(2)
}
