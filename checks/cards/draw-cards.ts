// Draws the test cards, writes the list of them and signs it: `npm run cards`. The key is made here, signs once and is
// thrown away (docs/decisions/0014): whoever changes a card runs this again, and the code gets the new public key with it.
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pdq, toHex } from '@wardline/pdq'
import { drawPicture, encode, encodeFilm, type Picture, resize } from '@wardline/sandbox'
import { root } from '../statics.ts'
import { label } from './letters.ts'

interface Recipe {
  /** How it goes into a file, in words for people. */
  readonly words: string
  readonly ending: string
  readonly mediaType: string
  /** `sha256`: only these very bytes are known, a copy saved anew is not. */
  readonly by: 'pdq' | 'sha256'
  readonly bytes: (card: Picture) => Promise<Buffer>
  /** Half as wide and high, before anything is made of it: lossless files are large. */
  readonly halved?: true
}

const jpeg = { ending: 'jpg', mediaType: 'image/jpeg', by: 'pdq' } as const
const png = { ending: 'png', mediaType: 'image/png' } as const
const webp = { ending: 'webp', mediaType: 'image/webp', by: 'pdq' } as const
const gif = { ending: 'gif', mediaType: 'image/gif', by: 'pdq' } as const

const recipes: readonly Recipe[] = [
  { ...jpeg, words: 'JPEG', bytes: (card) => encode(card, 'jpeg', { quality: 85 }) },
  { ...png, by: 'pdq', words: 'PNG', bytes: (card) => encode(card, 'png') },
  { ...webp, words: 'WebP', bytes: (card) => encode(card, 'webp', { quality: 80 }) },
  {
    ...gif,
    words: 'animated GIF, the card on its third frame',
    bytes: (card) => encodeFilm([...before(), card], 'gif'),
  },
  { ...jpeg, words: 'small JPEG', bytes: async (card) => encode(await resize(card, 128, 96), 'jpeg', { quality: 90 }) },
  {
    ...jpeg,
    words: 'JPEG enlarged to 1280x960',
    bytes: async (card) => encode(await resize(card, 1280, 960), 'jpeg', { quality: 60 }),
  },
  { ...jpeg, words: 'JPEG of poor quality', bytes: (card) => encode(card, 'jpeg', { quality: 15 }) },
  {
    ...webp,
    words: 'animated WebP, the card on its third frame',
    halved: true,
    bytes: async (card) => encodeFilm([...(await Promise.all(before().map(halve))), card], 'webp'),
  },
  { words: 'AVIF', ending: 'avif', mediaType: 'image/avif', by: 'pdq', bytes: (card) => encode(card, 'avif') },
  {
    words: 'TIFF',
    ending: 'tif',
    mediaType: 'image/tiff',
    by: 'pdq',
    bytes: (card) => encodeFilm([card], 'tiff'),
  },
  { ...gif, words: 'GIF', bytes: (card) => encode(card, 'gif') },
  {
    ...png,
    by: 'sha256',
    words: 'PNG, known by the digest of its bytes alone',
    halved: true,
    bytes: (card) => encode(card, 'png'),
  },
]

const folder = join(root, 'server/src/lists/cards')

mkdirSync(join(folder, 'pictures'), { recursive: true })
const cards = []
for (const [place, recipe] of recipes.entries()) cards.push(await draw(place + 1, recipe))
const text = `${JSON.stringify({ radiusBits: 31, cards, nearMiss: await drawNearMiss() }, null, 2)}\n`
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
writeFileSync(join(folder, 'test-cards.json'), text)
writeFileSync(join(folder, 'test-cards.json.sig'), `${sign(null, Buffer.from(text), privateKey).toString('base64')}\n`)
const spki = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
writeFileSync(
  join(folder, 'signer.ts'),
  [
    '// Whose signature the list of test cards bears: an Ed25519 key that signed once and was thrown away. Written by',
    '// checks/cards/draw-cards.ts together with the list; SPKI, base64.',
    `export const signer = '${spki}'`,
    '',
  ].join('\n'),
)
console.log(`${cards.length} cards and a near miss in ${folder}`)

async function draw(number: number, { words, ending, mediaType, by, bytes, halved }: Recipe) {
  const card = halved ? await halve(drawCard(number)) : drawCard(number)
  const file = await bytes(card)
  const name = `card-${String(number).padStart(2, '0')}.${ending}`
  writeFileSync(join(folder, 'pictures', name), file)
  const sha256 = createHash('sha256').update(file).digest('hex')
  return { number, words, file: name, mediaType, sha256, ...(by === 'pdq' ? { pdq: hashOf(card) } : {}) }
}

function drawCard(number: number): Picture {
  const card = drawPicture(7000 + number)
  label(card, `WARDLINE TEST CARD ${number}`, { top: 160, dot: 4 })
  label(card, 'A DRAWING. NOTHING IN IT IS REAL.', { top: 204, dot: 2 })
  return card
}

/** Card 1 with so much of another drawing in it that a good comparison tells the two apart, and a loose one does not. */
async function drawNearMiss() {
  const [card, other] = [drawCard(1), drawPicture(7100)]
  for (let share = 0.05; share < 1; share += 0.01) {
    const pixels = card.pixels.map((value, at) => value + ((other.pixels[at] ?? 0) - value) * share)
    const picture = { ...card, pixels }
    label(picture, 'WARDLINE NEAR MISS', { top: 160, dot: 4 })
    if (distanceBits(hashOf(picture), hashOf(card)) < 44) continue
    const bytes = await encode(picture, 'jpeg', { quality: 85 })
    writeFileSync(join(folder, 'pictures', 'near-miss.jpg'), bytes)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    return { words: 'JPEG, near to card 1 and no card', file: 'near-miss.jpg', mediaType: 'image/jpeg', sha256 }
  }
  throw new Error('the two drawings never come apart')
}

function before(): Picture[] {
  return [7101, 7102].map((seed) => {
    const picture = drawPicture(seed)
    label(picture, 'WAIT', { top: 160, dot: 4 })
    return picture
  })
}

function halve(picture: Picture): Promise<Picture> {
  return resize(picture, picture.width / 2, picture.height / 2)
}

function hashOf({ pixels, width, height }: Picture): string {
  return toHex(pdq({ data: pixels, width, height, channels: 3 }).hash)
}

function distanceBits(one: string, other: string): number {
  const bits = BigInt(`0x${one}`) ^ BigInt(`0x${other}`)
  return bits.toString(2).replaceAll('0', '').length
}
