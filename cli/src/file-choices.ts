// What a person says of single files when they confirm a case: `--classify 1=A1`, `--annotate 2=infant,viral`.
import { classifications, type FileChoice, fileAnnotations, fileChoice } from '@wardline/api'
import { usage } from './words.ts'

const collect = (one: string, all: readonly string[] = []) => [...all, one]

export const classifyOption = [
  '--classify <file=class>',
  `your own call on one file, by its place in \`cases show\`: ${classifications.join(', ')}; needs reports.industryHashSharingMou`,
  collect,
] as const

export const annotateOption = [
  '--annotate <file=words>',
  `what you say of one file, with commas: ${fileAnnotations.join(', ')}`,
  collect,
] as const

export interface ChoosingOptions {
  readonly classify?: readonly string[]
  readonly annotate?: readonly string[]
}

/** Undefined when nothing was said. A file is named by its place in the case, from 1, or by its id. */
export function choicesOf(
  { classify = [], annotate = [] }: ChoosingOptions,
  files: readonly { readonly id: string }[],
): FileChoice[] | undefined {
  const choices = new Map<string, Record<string, unknown>>()
  const say = (option: string, given: string, words: (value: string) => Record<string, unknown>) => {
    const [, name = '', value = ''] = /^([^=]+)=(.+)$/.exec(given) ?? []
    const file = files.find((one, index) => one.id === name || String(index + 1) === name)
    if (file === undefined)
      throw usage(`--${option} wants a file of the case and what is said of it, as 1=${sample(option)}`)
    const known = choices.get(file.id) ?? { fileId: file.id }
    const said = words(value)
    if (Object.keys(said).some((key) => key in known)) throw usage(`--${option} names the same file twice`)
    choices.set(file.id, { ...known, ...said })
  }
  for (const one of classify) say('classify', one, (value) => ({ classification: value }))
  for (const one of annotate) say('annotate', one, (value) => ({ annotations: value.split(',') }))
  if (choices.size === 0) return undefined
  return [...choices.values()].map((choice) => {
    const parsed = fileChoice.safeParse(choice)
    if (!parsed.success)
      throw usage(
        `a file is classified as one of ${classifications.join(', ')}, and annotated with some of ${fileAnnotations.join(', ')}`,
      )
    return parsed.data
  })
}

const sample = (option: string) => (option === 'classify' ? 'A1' : 'infant')
