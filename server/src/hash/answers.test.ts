import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAnswers } from './answers.ts'
import { digestsOf } from './digests.ts'
import { pictureOf } from './print.ts'

const pixels = { width: 70, height: 66, channels: 1, data: new Uint8Array(70 * 66).map((_, i) => i % 251) } as const
const answers = [
  { kind: 'ready' },
  { kind: 'cannot_start', words: 'no sharp' },
  { kind: 'begun' },
  { kind: 'digests', digests: digestsOf(new Uint8Array(3)) },
  { kind: 'picture', picture: pictureOf({ pixels, index: 0 }) },
  { kind: 'picture', picture: { ...pictureOf({ pixels, index: 3 }), fast: true } },
  { kind: 'whole' },
  { kind: 'undecodable', why: 'too_many_frames' },
  { kind: 'forgotten' },
  { kind: 'unopened', why: 'no_image' },
  { kind: 'unopened', why: 'ENOENT' },
]

describe('what a decoder says', () => {
  it('is believed as it was said, in one message or in several', () => {
    expect(parseAnswers(answers)).toBe(answers)
    for (const answer of answers) expect(parseAnswers([structuredClone(answer)])).toEqual([answer])
  })

  it.each([undefined, null, {}, [], 'ready', [[]], [{}], [null], [{ kind: 'toString' }], [{ kind: ['ready'] }]])(
    'is refused where it is no message: %j',
    (message) => expect(parseAnswers(message)).toBeUndefined(),
  )

  it('is refused when any one thing in it is another, is missing or is too many', () => {
    const odd = fc.constantFrom(null, -1, 1.5, '', 'x'.repeat(501), new Uint8Array(31), {}, [], Number.NaN)
    fc.assert(
      fc.property(
        fc.constantFrom(...answers),
        fc.nat(),
        odd,
        fc.constantFrom('change', 'remove', 'add'),
        (...given) => {
          const [answer, at, value, how] = given
          const copy = structuredClone(answer)
          const all = places(copy)
          const [holder, name] = all[at % all.length] ?? unreachable()
          if (how === 'remove') delete holder[name]
          else holder[how === 'add' ? 'more' : name] = value
          const isFine = (how === 'remove' && name === 'fast') || (name === 'words' && how === 'change' && value === '')
          expect(parseAnswers([copy]) !== undefined).toBe(isFine)
        },
      ),
    )
  })

  it('is refused at once where a few bytes stand for a hundred million places', () => {
    const started = performance.now()
    const message = new Array(1e8)
    expect(parseAnswers(message)).toBeUndefined()
    message[0] = { kind: 'whole' }
    expect(parseAnswers(message)).toBeUndefined()
    for (const odd of [message, new Map(), new Set([1]), 'x'.repeat(1e7), new Float64Array(1e6)])
      expect(parseAnswers([{ kind: 'digests', digests: odd }])).toBeUndefined()
    expect(performance.now() - started).toBeLessThan(500)
  })

  it('is refused where it has holes, or more answers than a decoder ever has to say at once', () => {
    const holes = new Array(3)
    holes[2] = { kind: 'whole' }
    expect(parseAnswers(holes)).toBeUndefined()
    expect(parseAnswers(new Array(3))).toBeUndefined()
    expect(parseAnswers(Array(17).fill({ kind: 'forgotten' }))).toBeUndefined()
  })

  it('is refused whole when one of its answers is', () => {
    expect(parseAnswers([...answers, { kind: 'whole', why: 'empty' }])).toBeUndefined()
  })
})

function unreachable(): never {
  throw new Error('every answer has a field')
}

/** Every field, however deep. */
function places(object: object): [Record<string, unknown>, string][] {
  const holder = object as Record<string, unknown>
  return Object.entries(holder).flatMap(([name, value]): [Record<string, unknown>, string][] => [
    [holder, name],
    ...(typeof value === 'object' && value !== null && !(value instanceof Uint8Array) ? places(value) : []),
  ])
}
