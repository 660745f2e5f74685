/** Filling areas of raw RGB pixels. Only + - * / and comparisons on doubles: the same bits on every machine. */

export type Colour = readonly [red: number, green: number, blue: number]

export interface Canvas {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

/** Colours every pixel of the box (in 0..1 of the canvas) that is inside, by its place. x and y run 0..1 over the canvas. */
export const fill = (
  canvas: Canvas,
  box: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number },
  inside: (x: number, y: number) => boolean,
  colour: (x: number, y: number) => Colour,
): void => {
  const { width, height, pixels } = canvas
  const firstX = Math.max(0, Math.floor(box.left * width))
  const lastX = Math.min(width, Math.ceil(box.right * width))
  const firstY = Math.max(0, Math.floor(box.top * height))
  const lastY = Math.min(height, Math.ceil(box.bottom * height))
  for (let row = firstY; row < lastY; row++) {
    for (let column = firstX; column < lastX; column++) {
      const x = (column + 0.5) / width
      const y = (row + 0.5) / height
      if (!inside(x, y)) continue
      const [red, green, blue] = colour(x, y)
      const at = (row * width + column) * 3
      pixels[at] = clamp(red)
      pixels[at + 1] = clamp(green)
      pixels[at + 2] = clamp(blue)
    }
  }
}

export const blend = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
]

export const shade = (colour: Colour, by: number): Colour => [colour[0] + by, colour[1] + by, colour[2] + by]

const clamp = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : Math.round(value))
