// How much of a mail is read and how many are taken: whoever writes here may be anybody.

export const limits = {
  /** Of the header block, bytes; what is beyond is not read. */
  headerBytes: 64 * 1024,
  /** Text parts, and bytes of each as they lie on the server. */
  textParts: 8,
  textBytes: 256 * 1024,
  /** Parts that are looked at, and how deep. */
  parts: 10_000,
  depth: 30,
  /** Of a report about delivery. */
  statusBytes: 16 * 1024,
  /** UTF-16 units of what is kept, as an appeal has them; the rest stays with the mail server. */
  characters: 9_900,
  subjectCharacters: 300,
  /** For decoding one mail, of memory and of time. */
  parseMegabytes: 192,
  parseMs: 10_000,

  /** Mails in one round; a round's time. The next round goes on. */
  mailsInARound: 200,
  roundMs: 5 * 60_000,
  /** A mail that ends the reading so often is left unread. */
  tries: 5,

  /** Untagged mail, a day: of one sender, and of all. Senders can be invented, so they count apart from tagged mail. */
  ofSenderADay: 10,
  untaggedADay: 200,
  /** That wait in the tray at once. */
  inTheTray: 1_000,
  /** Of one notice, of any sort. */
  ofNotice: 60,
} as const
