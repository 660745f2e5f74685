// wardline hash: the digests and PDQ hashes of files, as the server would compute them. Needs no server and no lists.
import type { Decoders, Picture } from '@wardline/server/hash'
import { Command } from 'commander'
import { IN_FLIGHT, openOffline } from '../offline/decoders.ts'
import { type Failure, failure, isFailure, withFile } from '../offline/files.ts'
import { inOrder } from '../offline/in-order.ts'
import { openTerminal, shown, type Terminal } from '../offline/terminal.ts'

export function hashCommand(): Command {
  return new Command('hash')
    .description('print the digests and PDQ hashes of images')
    .argument('<files...>', 'image files')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExit status: 0 if every file was hashed to its end, else 2.')
    .action(async (files: readonly string[], options: { json?: boolean }) => {
      process.exitCode = await hash(files, options, openTerminal())
    })
}

/** One result a file, in the order of the files. The exit status: 0, or 2 if a file could not be hashed to its end. */
export async function hash(
  files: readonly string[],
  { json = false }: { readonly json?: boolean },
  terminal: Terminal,
): Promise<0 | 2> {
  const decoders = openOffline(files.length)
  let status: 0 | 2 = 0
  try {
    for await (const result of inOrder(files, IN_FLIGHT, (file) => hashed(decoders, file))) {
      if ('error' in result) status = 2
      if (json) {
        terminal.out(JSON.stringify(result))
        continue
      }
      if ('pictures' in result) terminal.out(inWords(result))
      if ('error' in result) terminal.err(`${shown(result.file)}: ${result.error.detail}`)
    }
  } finally {
    await decoders.close()
  }
  return status
}

type Prints = { readonly file: string } & Record<'sha256' | 'sha1' | 'md5', string> & {
    readonly pictures: readonly ReturnType<typeof pictureLine>[]
  }

/** Prints and an error together: what follows in the file could not be read. */
type Result = Prints | { readonly file: string; readonly error: Failure } | (Prints & { readonly error: Failure })

async function hashed(decoders: Decoders, file: string): Promise<Result> {
  const bytes = await withFile(file, (handle) => handle.readFile())
  if (isFailure(bytes)) return { file, error: bytes }
  const { print, ...extracted } = await decoders.print(bytes)
  const { md5, sha1, sha256 } = print.digests
  const prints = { file, sha256, sha1, md5, pictures: print.pictures.map(pictureLine) }
  if (extracted.kind === 'print') return prints
  const error = failure(extracted.why)
  return print.pictures.length > 0 ? { ...prints, error } : { file, error }
}

/** The keys and their order are a promise to programs that read the lines. */
function pictureLine({ index, width, height, commandLine, fullResolution, dihedral }: Picture) {
  return {
    index,
    width,
    height,
    pdq: toHex(commandLine.hash),
    quality: commandLine.quality,
    pdqFullResolution: toHex(fullResolution.hash),
    dihedral: {
      original: toHex(dihedral.original),
      rotate90: toHex(dihedral.rotate90),
      rotate180: toHex(dihedral.rotate180),
      rotate270: toHex(dihedral.rotate270),
      flipX: toHex(dihedral.flipX),
      flipY: toHex(dihedral.flipY),
      flipPlus1: toHex(dihedral.flipPlus1),
      flipMinus1: toHex(dihedral.flipMinus1),
    },
  }
}

function inWords(result: Prints): string {
  const pictures = result.pictures.flatMap((picture) => [
    `  picture ${picture.index}  ${picture.width} x ${picture.height}, quality ${picture.quality} of 100`,
    `    pdq              ${picture.pdq}`,
    `    full resolution  ${picture.pdqFullResolution}`,
  ])
  const digests = (['sha256', 'sha1', 'md5'] as const).map((each) => `  ${each.padEnd(6)}  ${result[each]}`)
  return [shown(result.file), ...digests, ...pictures].join('\n')
}

/** A PDQ hash is one big-endian number, so its usual text is that of its bytes in their order. */
function toHex(hash: Uint8Array): string {
  return Buffer.from(hash).toString('hex')
}
