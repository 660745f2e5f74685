// The test cards: drawings that every deployment knows, and the signed list of them. The EICAR of this field: with one of
// them anybody can try, in production too, whether a known image would be found. docs/decisions/0014.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Fault } from '#base'
import { signer } from './signer.ts'

/** No list of an operator has this name. */
export const CARDS_LIST = 'wardline-test-cards'
/** Who vouches for them. */
export const CARDS_SOURCE = 'wardline'

const hex = z.string().regex(/^[0-9a-f]{64}$/)

const drawing = z.strictObject({
  /** How it lies in its file: `small JPEG`. */
  words: z.string(),
  file: z.string().regex(/^[a-z0-9-]+\.[a-z]+$/),
  mediaType: z.string(),
  sha256: hex,
})

const testCards = z.strictObject({
  radiusBits: z.int().min(0).max(31),
  /** Known by its PDQ where it has one, else by the digest of its bytes alone. */
  cards: z.array(drawing.extend({ number: z.int().min(1), pdq: hex.optional() })).min(1),
  /** Looks like a card and is none: whoever holds it compares too loosely. */
  nearMiss: drawing,
})

export type Drawing = Readonly<z.infer<typeof drawing>>
export type TestCards = Readonly<z.infer<typeof testCards>>
export type TestCard = TestCards['cards'][number]

/** Public values: test cards are nobody's secret. They still go to the matcher and to nothing else. */
export function readTestCards(folder: URL = home): TestCards {
  const file = 'test-cards.json'
  const text = read(new URL(file, folder), file)
  const signature = read(new URL(`${file}.sig`, folder), `${file}.sig`)
    .toString('latin1')
    .trim()
  const key = createPublicKey({ key: Buffer.from(signer, 'base64'), format: 'der', type: 'spki' })
  if (!verify(null, text, key, Buffer.from(signature, 'base64')))
    throw altered(file, 'is not what was signed (or its .sig beside it is not)')
  return testCards.parse(JSON.parse(text.toString('utf8')))
}

/** The picture's bytes, the very ones that the signed list names. */
export function readDrawing({ file, sha256 }: Drawing, folder: URL = home): Buffer {
  const bytes = read(new URL(`pictures/${file}`, folder), file)
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw altered(file, 'is not the picture that the signed list names')
  return bytes
}

const home = new URL('./', import.meta.url)

function read(url: URL, file: string): Buffer {
  try {
    return readFileSync(url)
  } catch (cause) {
    throw altered(file, 'cannot be read', cause)
  }
}

/** By the name of the file, never by what stands in it. */
function altered(file: string, words: string, cause?: unknown): Fault<'test_cards_altered'> {
  return new Fault('test_cards_altered', `the test cards are not used: ${file} ${words}; install Wardline anew`, {
    retry: 'never',
    cause,
  })
}
