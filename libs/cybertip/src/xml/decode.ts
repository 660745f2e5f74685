// From the bytes of an answer to text. NCMEC's header has said ISO-8859-1 over a UTF-8 document: the document's own prolog decides.

/** The document's text by its byte order mark or XML prolog, else as UTF-8; undefined when the bytes do not fit the encoding. */
export function decodeXml(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200))
  const named = /^(?:\xEF\xBB\xBF)?<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.-]*)["']/.exec(head)?.[1]
  try {
    return new TextDecoder(byteOrderMark(bytes) ?? named ?? 'utf-8', { fatal: true }).decode(bytes)
  } catch {
    // An encoding nobody knows, or bytes that are not in it.
    return undefined
  }
}

function byteOrderMark([first, second]: Uint8Array): string | undefined {
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return undefined
}

/** Text with the five predefined entities and character references resolved; every other reference stays as it stands. */
export function decodeEntities(raw: string): string {
  return raw.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return predefined[name] ?? whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number.parseInt(decimal, 10)
    return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) || code === 0 ? '\u{fffd}' : String.fromCodePoint(code)
  })
}

const predefined: { readonly [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
