// The words of the page on which people answer a notice, in one language.
import { fill, type View } from './templates.ts'
import { type Texts, textsIn } from './text-files.ts'
import type { TextKey } from './text-keys.ts'
import { momentIn } from './text-moment.ts'

type PageKey = TextKey extends infer Key ? (Key extends `page.${infer Name}` ? Name : never) : never

export type PageText = {
  /** BCP 47. */
  readonly language: string
  readonly direction: 'ltr' | 'rtl'
  /** Plain words, nothing escaped. */
  say(name: PageKey, values?: { readonly characters?: number; readonly appealBy?: number }): string
}

export type PageLanguage = {
  readonly tag: string
  readonly direction: 'ltr' | 'rtl'
  /** In the language itself. */
  readonly name: string
}

/** language: one of `pageLanguages`; any other gives English. */
export function pageText(texts: Texts, language: string): PageText {
  const { tag, direction, words } = textsIn(texts, language)
  return {
    language: tag,
    direction,
    say: (name, { characters, appealBy } = {}) => {
      const view: View = {
        characters: characters === undefined ? null : new Intl.NumberFormat(tag).format(characters),
        appealBy: appealBy === undefined ? null : momentIn(tag, appealBy),
      }
      return fill(words[`page.${name}`], view).replaceAll(/\s+/g, ' ')
    },
  }
}

export function pageLanguages({ languages }: Texts): readonly PageLanguage[] {
  return [...languages.values()].map(({ tag, direction, name }) => ({ tag, direction, name }))
}
