// What an alert says, and the very command that comes next.
import { isAlertType } from './raise.ts'
import type { OperatorAlert } from './store.ts'

export function sentenceOf({ type, subject, data }: OperatorAlert): string {
  if (!isAlertType(type)) return `${type} ${subject}`
  switch (type) {
    case 'filing.stopped':
      return `filing to the CyberTipline is STOPPED for all reports: ${data['because'] ?? 'unknown trouble'}`
    case 'filing.paused':
      return `PAUSED since ${data['since'] ?? 'a while ago'}: nothing is filed, told or destroyed until a person has looked`
    case 'filing.cannot_report':
      return `${data['cases'] ?? 'some'} cases cannot be reported: the CyberTipline credentials are missing or refused`
    case 'report.late':
      return `report ${subject} is not filed ${data['hours'] ?? '?'} hours after its case was confirmed`
    case 'report.needs_person':
      return `report ${subject} needs a person: ${data['trouble'] ?? 'it is stuck'}`
    case 'case.waiting':
      return `case ${data['number'] ?? subject} has waited a day for a person's decision`
    case 'case.waiting_long':
      return `case ${data['number'] ?? subject} has waited ${data['hours'] ?? '48'} hours for a person's decision; nobody else will decide it`
    case 'appeal.opened':
      return `appeal ${data['number'] ?? subject} came in; it is to be decided by ${data['dueAt'] ?? 'its day'}`
    case 'appeal.waiting':
      return `appeal ${data['number'] ?? subject} waits and nobody can hear it: ${data['words'] ?? 'nobody is left who did not decide about the case'}`
    case 'appeal.due_soon':
      return `appeal ${data['number'] ?? subject} is due at ${data['dueAt'] ?? 'its hour'} and not decided`
    case 'appeal.overdue':
      return `appeal ${data['number'] ?? subject} is overdue since ${data['dueAt'] ?? 'its hour'}: somebody waits for an answer`
    case 'repair.stuck':
      return `repair ${data['number'] ?? subject} does not go on: it waits for ${stuckAt[data['step'] ?? ''] ?? 'somebody'}`
    case 'notice.dead':
      return `notice ${subject} could not be delivered and is given up: ${data['why'] ?? 'it was refused'}`
    case 'webhook.failing':
      return data['state'] === 'given_up'
        ? `the platform did not take ${data['of'] ?? 'an event'} (${data['event'] ?? '?'}) in 7 days: it ${data['way'] === 'fetched' ? 'waits for a person' : 'is not sent any more'}, and there may be others`
        : `the platform does not take its events: ${data['trouble'] ?? 'no answer'}`
    case 'letters.waiting':
      return `${data['letters'] ?? '0'} letters to the appeals address wait in the tray for a person, ${data['left'] ?? '0'} were left on the mail server, and of ${data['noted'] ?? '0'} that say a machine wrote them nobody has looked whether one did`
    case 'letters.unreachable':
      return `the mailbox of appeals is not read since ${data['since'] ?? 'a while ago'}: ${data['trouble'] ?? 'unknown trouble'}`
  }
}

export function todoOf({ type, subject, data }: OperatorAlert): string {
  if (!isAlertType(type)) return 'wardline doctor'
  switch (type) {
    case 'filing.stopped':
      return 'wardline cybertip status says what is refused; once mended (a changed configuration: start the server again): wardline reports resume'
    case 'filing.paused':
      return 'wardline pause show'
    case 'filing.cannot_report':
      return 'configure cybertip.username, cybertip.password and cybertip.reporter, then start the server again; wardline doctor'
    case 'report.late':
    case 'report.needs_person':
      return `wardline reports explain ${subject}`
    case 'webhook.failing':
      // There is no webhook that could be tried, or to which anything could be sent again.
      if (data['way'] === 'fetched')
        return 'your platform fetches it from /v1/events and says so; or do it by hand: wardline repair list, then wardline repair restored N --case M'
      return data['state'] === 'given_up'
        ? 'wardline webhooks list --state given_up; once the endpoint takes them: wardline webhooks replay --state given_up; what that passes over waits for a person: wardline repair list'
        : 'wardline webhooks test says what the endpoint answers; what waits is sent again by itself for 7 days'
    case 'case.waiting':
    case 'case.waiting_long':
      return `wardline cases show ${data['number'] ?? subject}, then wardline cases confirm or dismiss; of one that is reviewed_again, wardline repair stands or error`
    case 'appeal.opened':
    case 'appeal.due_soon':
    case 'appeal.overdue':
      return `wardline appeals show ${data['number'] ?? subject} says who hears it; tell them: theirs are in \`wardline appeals list --state open --of EMAIL\`, with their own address`
    case 'appeal.waiting':
      return 'add a person who had no part in it: wardline people add NAME --email ADDRESS --role reviewer'
    case 'repair.stuck':
      return `wardline repair show ${data['number'] ?? subject}`
    case 'notice.dead':
      return `wardline notices show ${subject} says why; once that is mended: wardline notices retry ${subject}`
    case 'letters.waiting':
      return 'wardline letters list, then wardline letters show, attach or dismiss; what was left lies in the folder "Wardline left" of the mailbox'
    case 'letters.unreachable':
      return 'check appeals.mail.imapUrl and the mail server; wardline doctor tries it'
  }
}

const stuckAt: Readonly<Record<string, string>> = {
  approval: 'two people to approve it',
  report: 'a report that is under way to end',
  restore: 'a restore that the platform did not take, or is not asked for while another case of the account stands',
  letter: 'a person to send the correction to NCMEC',
  steps: 'its next step',
}
