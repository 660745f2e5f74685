// How people are told, in the words of the notices' folder.
import type { Config } from '#config'
import { loadHelpLines, loadTexts, type NoticePolicy } from '#notices'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Its `publicUrl` is a guess where none is configured and the port is any free one: a server says its own once it listens. */
export function noticePolicy({
  environment,
  notices,
  appeals,
  cybertip,
  mail,
  selftest,
  server,
}: Config): NoticePolicy {
  const { enabled, delayHours, jitterHours, addressees, contact, channel, giveUpDays } = notices
  return {
    environment,
    enabled,
    delayMs: delayHours * hourMs,
    jitterMs: jitterHours * hourMs,
    addressees,
    rules: notices.policy.map((rule) => ({
      jurisdiction: rule.jurisdiction,
      notice: rule.notice,
      delayMs: (rule.delayHours ?? delayHours) * hourMs,
      jitterMs: (rule.jitterHours ?? jitterHours) * hourMs,
      addressees: rule.addressees ?? addressees,
      because: rule.because,
    })),
    channel,
    giveUpMs: giveUpDays * dayMs,
    appealMs: appeals.withinDays * dayMs,
    publicUrl: server.publicUrl ?? `http://${server.host}:${server.port}`,
    platform: cybertip.platform,
    contact,
    smtpUrl: mail.smtpUrl,
    from: mail.from,
    appealsAddress: appeals.mail.address,
    operatorEmail: selftest.operatorEmail,
  }
}

/** What they read: checked whole, so that a server that cannot say it does not start. Faults `text_wrong`, `help_lines_wrong`. */
export function noticeWords({ notices }: Config): Pick<NoticePolicy, 'texts' | 'helpLines' | 'language' | 'dsa'> {
  return {
    texts: loadTexts(notices.textsFolder, notices.language),
    helpLines: loadHelpLines(notices.helpLinesFile),
    language: notices.language,
    dsa: notices.dsa,
  }
}
