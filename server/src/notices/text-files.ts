// The texts of all languages: ours, and over them whatever an operator's folder holds. Checked whole before one is used.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Fault } from '#base'
import { alwaysSays, checkTemplate } from './templates.ts'
import { type Leaf, readTextFile, type TextTrouble } from './text-file.ts'
import { always, rules, type TextKey } from './text-keys.ts'

export type LanguageText = {
  /** BCP 47, as the file is named: `de`, `zh-Hant`. */
  readonly tag: string
  /** In the language itself. */
  readonly name: string
  readonly direction: 'ltr' | 'rtl'
  readonly readByNativeSpeaker: boolean
  readonly words: Readonly<Record<TextKey, string>>
  readonly parts: Readonly<Record<string, string>>
}

export type Texts = {
  /** English is always there. */
  readonly languages: ReadonlyMap<string, LanguageText>
  /** Files of the operator's folder, by name. */
  readonly overriding: readonly string[]
}

const ourFolder = fileURLToPath(new URL('texts/', import.meta.url))
const heads = ['read-by-native-speaker', 'name', 'direction']

/**
 * folder: files named like ours (`de.yaml`), each with the texts that are to replace ours, or with all of them for a
 * language that we lack. Fault `text_wrong`, one trouble a line with file, line and field.
 */
export function loadTexts(folder?: string): Texts {
  const troubles: TextTrouble[] = []
  const ours = readFolder(ourFolder, troubles)
  const theirs = folder === undefined ? new Map<string, ReadonlyMap<string, Leaf>>() : readFolder(folder, troubles)
  const languages = new Map<string, LanguageText>()
  for (const tag of [...new Set([...ours.keys(), ...theirs.keys()])].sort()) {
    const theirHead = theirs.get(tag)
    if (theirHead && !theirHead.has('read-by-native-speaker'))
      troubles.push({ file: `${tag}.yaml`, line: 1, words: '"read-by-native-speaker" is missing: yes or no' })
    const text = languageOf(tag, new Map([...(ours.get(tag) ?? []), ...(theirHead ?? [])]), troubles)
    languages.set(tag, text)
  }
  if (troubles.length > 0) throw textFault(folder, troubles)
  return { languages, overriding: [...theirs.keys()].map((tag) => `${tag}.yaml`).sort() }
}

let shipped: Texts | undefined
/** Ours, read once. */
export function ourTexts(): Texts {
  shipped ??= loadTexts()
  return shipped
}

/** The texts of a language that is known to be there; English for any other. */
export function textsIn(texts: Texts, tag: string | undefined): LanguageText {
  const text = texts.languages.get(tag ?? 'en') ?? texts.languages.get('en')
  if (text === undefined) throw new Error('there is always English')
  return text
}

function readFolder(folder: string, troubles: TextTrouble[]): Map<string, ReadonlyMap<string, Leaf>> {
  const read = new Map<string, ReadonlyMap<string, Leaf>>()
  for (const name of filesIn(folder)) {
    const tag = /^(.+)\.ya?ml$/.exec(name)?.[1]
    if (tag === undefined) continue
    if (canonical(tag) !== tag) {
      troubles.push({ file: name, line: 1, words: 'must be named as a language is in BCP 47: de.yaml, zh-Hant.yaml' })
      continue
    }
    const { leaves, troubles: wrong } = readTextFile(name, readFileSync(join(folder, name), 'utf8'))
    troubles.push(...wrong)
    read.set(tag, leaves)
  }
  return read
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort()
  } catch (cause) {
    throw new Fault('text_wrong', `the folder of notices.textsFolder cannot be read (${folder})`, {
      retry: 'never',
      cause,
    })
  }
}

function canonical(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0]
  } catch {
    return undefined
  }
}

function languageOf(tag: string, leaves: ReadonlyMap<string, Leaf>, troubles: TextTrouble[]): LanguageText {
  const file = `${tag}.yaml`
  const of = (key: string) => leaves.get(key)?.value.trim() ?? ''
  const parts = {
    objection: of('parts.objection'),
    help: of('parts.help'),
    dsa: of('parts.dsa'),
  }
  const before = troubles.length
  for (const key of [...heads, ...rules.keys()])
    if (!leaves.has(key) && key !== 'direction') troubles.push({ file, line: 1, words: `"${key}" is missing` })
  for (const [key, { file, line }] of leaves)
    if (!heads.includes(key) && !isKey(key)) troubles.push({ file, line, words: `"${key}" is no text of ours` })
  const odd = (key: string, allowed: readonly string[]) => {
    const leaf = leaves.get(key)
    if (leaf && !allowed.includes(leaf.value))
      troubles.push({ ...leaf, words: `"${key}" must be ${allowed.join(' or ')}` })
  }
  odd('read-by-native-speaker', ['yes', 'no'])
  odd('direction', ['ltr', 'rtl'])
  for (const [key, { fields }] of rules) {
    const leaf = leaves.get(key)
    if (leaf === undefined) continue
    for (const { line, words } of checkTemplate(leaf.value, fields))
      troubles.push({ file: leaf.file, line: leaf.line + line, words: `in "${key}", ${words}` })
  }
  // Only of templates that can be read is it asked what they say.
  if (troubles.length === before) {
    for (const [key, { required }] of rules)
      for (const { field, as } of required) {
        const leaf = leaves.get(key)
        if (leaf && !alwaysSays(leaf.value, { field, as, under: always, parts }))
          troubles.push({
            ...leaf,
            words:
              as === 'value'
                ? `"${key}" must say {{${field}}}, and under no other condition than its own`
                : `"${key}" must say words between {{#${field}}} and {{/${field}}}, and under no other condition`,
          })
      }
  }
  const words = Object.fromEntries([...rules.keys()].map((key) => [key, of(key)])) as Record<TextKey, string>
  return {
    tag,
    name: of('name'),
    direction: of('direction') === 'rtl' ? 'rtl' : 'ltr',
    readByNativeSpeaker: of('read-by-native-speaker') === 'yes',
    words,
    parts,
  }
}

const isKey = (key: string): key is TextKey => rules.has(key as TextKey)

function textFault(folder: string | undefined, troubles: readonly TextTrouble[]): Fault {
  const said = troubles.map(({ file, line, words }) => `${file}, line ${line}: ${words}`)
  return new Fault(
    'text_wrong',
    `the texts of notices cannot be used${folder === undefined ? '' : ` (notices.textsFolder is ${folder})`}:\n${said.join('\n')}`,
    { retry: 'never' },
  )
}
