// Which of the languages there are suits an account's locale. BCP 47; likely scripts as Unicode's CLDR has them.

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
