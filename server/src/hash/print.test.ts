import { pdq, pdqDihedral } from '@wardline/pdq'
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { pictureOf } from './print.ts'

describe('a picture’s hashes, computed once, are what each computation alone gives', () => {
  it.each([
    [64, 64],
    [64, 65],
    [512, 512],
    [513, 37],
    [37, 600],
    [4, 9],
  ])('%i x %i', (width, height) => {
    const drawn = drawPicture(11, { width, height })
    const pixels = { data: drawn.pixels, width, height, channels: 3 as const }
    const picture = pictureOf({ pixels, index: 0 })
    expect(picture.commandLine).toEqual(pdq(pixels, 'command_line'))
    expect(picture.fullResolution).toEqual(pdq(pixels, 'full_resolution'))
    expect(picture.dihedral).toEqual(pdqDihedral(pixels, 'command_line').hashes)
  })
})
