// Letters of five by seven dots, so that a test card says in itself what it is, without anybody's font.
import type { Picture } from '@wardline/sandbox'

/** A row a character, from above: five dots as one digit of base 32. */
const glyphs: Readonly<Record<string, string>> = {
  ' ': '0000000',
  '.': '00000cc',
  A: 'ehhvhhh',
  C: 'ehggghe',
  D: 'uhhhhhu',
  E: 'vgguggv',
  G: 'ehgnhhf',
  H: 'hhhvhhh',
  I: 'e44444e',
  L: 'ggggggv',
  M: 'hrllhhh',
  N: 'hhpljhh',
  O: 'ehhhhhe',
  R: 'uhhukih',
  S: 'fgge11u',
  T: 'v444444',
  W: 'hhhllla',
  0: 'ehjlphe',
  1: '4c4444e',
  2: 'eh1248v',
  3: 'v2421he',
  4: '26aiv22',
  5: 'vgu11he',
  6: '68guhhe',
  7: 'v124888',
  8: 'ehhehhe',
  9: 'ehhf12c',
}

const wide = 6
const high = 7

/** A white band with black words in its middle; `dot` is the side of one dot in pixels. top: the band's first row. */
export function label(picture: Picture, words: string, { top, dot }: { top: number; dot: number }): void {
  const { width, pixels } = picture
  const bottom = top + (high + 4) * dot
  pixels.fill(255, top * width * 3, bottom * width * 3)
  const left = Math.floor((width - (words.length * wide - 1) * dot) / 2)
  if (left < 0) throw new Error(`"${words}" does not fit into the picture`)
  for (const [place, letter] of [...words].entries()) {
    const glyph = glyphs[letter]
    if (glyph === undefined) throw new Error(`the letter "${letter}" is not drawn`)
    for (let row = 0; row < high; row += 1)
      for (let column = 0; column < 5; column += 1)
        if ((Number.parseInt(glyph[row] ?? '0', 32) >> (4 - column)) & 1)
          square(picture, left + (place * wide + column) * dot, top + (2 + row) * dot, dot)
  }
}

function square({ width, pixels }: Picture, left: number, top: number, side: number): void {
  for (let y = top; y < top + side; y += 1) pixels.fill(0, (y * width + left) * 3, (y * width + left + side) * 3)
}
