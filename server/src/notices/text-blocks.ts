// A filled letter as plain text and as HTML, both from the same lines, so that both say the same.

type Block =
  | { readonly kind: 'words'; readonly lines: readonly string[] }
  | { readonly kind: 'list'; readonly lines: readonly string[] }
  /** A line that is the link and nothing else. */
  | { readonly kind: 'link'; readonly lines: readonly [string] }

export type Letter = {
  readonly subject: string
  readonly language: string
  readonly direction: 'ltr' | 'rtl'
  /** Lines; an empty one ends a paragraph, one that begins with "- " is of a list. */
  readonly words: string
  readonly link: string | null
}

export function plainText({ words, link }: Letter): string {
  const blocks = blocksOf(words, link).map(({ kind, lines }) =>
    lines.map((line) => (kind === 'list' ? `- ${line}` : line)).join('\n'),
  )
  return `${blocks.join('\n\n')}\n`
}

/** A whole document, which loads nothing from anywhere. */
export function html({ subject, language, direction, words, link }: Letter): string {
  const blocks = blocksOf(words, link).map(({ kind, lines }) => {
    const said = lines.map(escaped)
    if (kind === 'list') return `<ul>\n${said.map((line) => `<li>${line}</li>`).join('\n')}\n</ul>`
    if (kind === 'link') return `<p style="overflow-wrap: anywhere"><a href="${said[0]}">${said[0]}</a></p>`
    return `<p>${said.join('<br>\n')}</p>`
  })
  return `<!doctype html>
<html lang="${escaped(language)}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(subject)}</title>
</head>
<body style="font: 1rem/1.5 sans-serif; max-width: 40rem; margin: 1rem auto; padding: 0 1rem">
<main>
<h1 style="font-size: 1.25rem">${escaped(subject)}</h1>
${blocks.join('\n')}
</main>
</body>
</html>
`
}

function blocksOf(words: string, link: string | null): readonly Block[] {
  const blocks: Block[] = []
  for (const paragraph of words.split(/\n\s*\n/)) {
    let open: { kind: 'words' | 'list'; lines: string[] } | undefined
    for (const line of paragraph.split('\n').map((one) => one.trim())) {
      if (line === '') continue
      if (line === link) {
        open = undefined
        blocks.push({ kind: 'link', lines: [line] })
        continue
      }
      const kind = line.startsWith('- ') ? 'list' : 'words'
      if (open?.kind !== kind) {
        open = { kind, lines: [] }
        blocks.push(open)
      }
      open.lines.push(kind === 'list' ? line.slice(2).trim() : line)
    }
  }
  return blocks
}

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
export const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (mark) => marks[mark] ?? '')
