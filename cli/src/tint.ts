// Colour, only on a terminal that wants it: styleText looks at the stream, NO_COLOR and FORCE_COLOR.
import { styleText } from 'node:util'

export type Tint = 'green' | 'yellow' | 'red' | 'bold' | 'dim' | 'cyan'

export const tint = (style: Tint, text: string): string => styleText(style, text, { stream: process.stdout })
