// The demo's album: drawn landscapes, some of them on the demo's own list, sent by drawn people.
import { drawPicture, encode, type Picture, resize } from '@wardline/sandbox'

/** One image of the album, and what must become of it. */
export interface DemoImage {
  readonly fileName: string
  readonly mediaType: string
  readonly words: string
  readonly bytes: Buffer
  readonly expected: 'held' | 'clear'
}

/** What one account sends in one request: its finds join one report. */
export interface Upload {
  readonly by: string
  readonly context: { readonly surface: 'public_post' | 'upload' | 'profile'; readonly account: DemoAccount }
  /** Who must be told when something of it is reported. */
  readonly told: string | undefined
  readonly images: readonly DemoImage[]
}

interface DemoAccount {
  readonly id: string
  readonly email: string
  readonly emailVerified: true
  readonly screenName: string
  readonly organisation?: { readonly id: string; readonly name: string; readonly contactEmail: string }
}

export interface Album {
  /** Their PDQ hashes go onto the list, and the first one's SHA-256. */
  readonly originals: readonly Buffer[]
  readonly uploads: readonly Upload[]
}

export async function drawAlbum(): Promise<Album> {
  const [hills, harbour, village] = [drawPicture(11), drawPicture(22), drawPicture(33)]
  const other = (seed: number) => drawPicture(seed)
  const original = await encode(hills, 'jpeg', { quality: 90 })
  const originals = [original, await encode(harbour, 'png'), await encode(village, 'png')]
  const anna = account('anna')
  const ben = account('ben')
  const school = { id: 'org-7', name: 'Example School', contactEmail: 'office@school.example' }
  const cleo = { ...account('cleo'), organisation: school }
  const dora = account('dora')
  return {
    originals,
    uploads: [
      {
        by: 'anna',
        context: { surface: 'public_post', account: anna },
        told: anna.email,
        images: [
          listed('hills.jpg', 'hills: the listed file itself', original),
          listed('hills-again.jpg', 'hills: JPEG anew, quality 60', await encode(hills, 'jpeg', { quality: 60 })),
          listed('hills-small.webp', 'hills: WebP at 60 % of the size', await encode(await scaled(hills, 0.6), 'webp')),
          unlisted('meadow.jpg', 'another drawing', await encode(other(101), 'jpeg')),
        ],
      },
      {
        by: 'ben',
        context: { surface: 'upload', account: ben },
        told: ben.email,
        images: [
          listed('harbour.png', 'harbour: PNG, the same pixels', await encode(harbour, 'png')),
          listed('harbour.avif', 'harbour: AVIF at half the size', await encode(await scaled(harbour, 0.5), 'avif')),
          unlisted('forest.png', 'another drawing', await encode(other(102), 'png')),
        ],
      },
      {
        by: 'cleo',
        context: { surface: 'profile', account: cleo },
        told: school.contactEmail,
        images: [
          listed('village.gif', 'village: GIF, 256 colours', await encode(village, 'gif')),
          listed(
            'village.jpg',
            'village: enlarged, quality 50',
            await encode(await scaled(village, 1.5), 'jpeg', { quality: 50 }),
          ),
          listed('village.tiff', 'village: TIFF', await encode(village, 'tiff')),
        ],
      },
      {
        by: 'dora',
        context: { surface: 'upload', account: dora },
        told: undefined,
        images: [
          unlisted('lake.webp', 'another drawing', await encode(other(103), 'webp')),
          unlisted('mill.jpg', 'another drawing', await encode(other(104), 'jpeg')),
        ],
      },
    ],
  }
}

const scaled = (picture: Picture, by: number): Promise<Picture> =>
  resize(picture, Math.round(picture.width * by), Math.round(picture.height * by))

const account = (name: string): DemoAccount => ({
  id: `user-${name}`,
  email: `${name}@users.example`,
  emailVerified: true,
  screenName: name,
})

const image =
  (expected: DemoImage['expected']) =>
  (fileName: string, words: string, bytes: Buffer): DemoImage => ({
    fileName,
    mediaType: `image/${fileName.split('.').at(-1)?.replace('jpg', 'jpeg')}`,
    words,
    bytes,
    expected,
  })
const listed = image('held')
const unlisted = image('clear')
