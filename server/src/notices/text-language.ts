// Which of the languages there are suits an account's locale. BCP 47; likely scripts as Unicode's CLDR has them.
import type { Texts } from './text-files.ts'

/** The first of the wishes that we write; else the operator's choice, else English. */
export function chooseLanguage(
  texts: Texts,
  wishes: readonly (string | null | undefined)[],
  otherwise: string | undefined,
): string {
  const tags = [...texts.languages.keys()]
  for (const wish of wishes) {
    const found = matchLanguage(wish ?? null, tags)
    if (found !== undefined) return found
  }
  return otherwise ?? 'en'
}

/**
 * `zh-TW` and `zh_HK` are written in Traditional Chinese, `pt-BR` is Portuguese, `de-AT` German. undefined: none suits, or
 * it is no locale at all.
 */
export function matchLanguage(locale: string | null, languages: readonly string[]): string | undefined {
  const wanted = likely(locale)
  if (wanted === undefined) return undefined
  const same = languages.filter((one) => likely(one)?.language === wanted.language)
  return same.find((one) => likely(one)?.script === wanted.script) ?? same[0]
}

function likely(locale: string | null): Intl.Locale | undefined {
  if (locale === null) return undefined
  try {
    const { language, script, region } = new Intl.Locale(locale.replaceAll('_', '-'))
    // Cantonese is read as written Chinese.
    const known = language === 'yue' ? 'zh-Hant' : [language, script, region].filter(Boolean).join('-')
    return new Intl.Locale(known).maximize()
  } catch {
    return undefined
  }
}
