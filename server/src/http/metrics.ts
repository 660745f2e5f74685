// Numbers for the operator's monitoring. Labels are verdicts, states, routes and classes; never an id.
import type { Verdict } from '@wardline/api'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Environment } from '#base'
import type { Gauges } from './stages.ts'

export interface Metrics {
  readonly contentType: string
  /** The exposition's text, with the gauges read now. */
  text(): Promise<string>
  /** One image's verdict. A test is counted by itself. */
  scanned(verdict: Verdict, isTest: boolean): void
  answered(route: string, status: number, seconds: number): void
}

export function openMetrics(environment: Environment, read: () => Promise<Gauges>): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const scans = new Counter({
    name: 'wardline_scans_total',
    help: 'images by verdict',
    labelNames: ['verdict'],
    registers,
  })
  const tests = new Counter({
    name: 'wardline_test_scans_total',
    help: 'images of self-tests and test cards that counted, by verdict; no other figure counts them',
    labelNames: ['verdict'],
    registers,
  })
  const requests = new Histogram({
    name: 'wardline_http_request_seconds',
    help: 'requests by route pattern and status',
    labelNames: ['route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers })
  const jobs = gauge('wardline_jobs', 'jobs by state; a dead one waits for a person', ['state'])
  const cases = gauge('wardline_cases', 'cases by state', ['state'])
  const reports = gauge('wardline_reports', 'reports by state', ['state'])
  const entries = gauge('wardline_lists_entries', 'entries of all hash lists')
  const notices = gauge('wardline_notices', 'notices by state; a dead one waits for a person', ['state'])
  const unreleased = gauge('wardline_notices_unreleased', 'notices that a person must release before anybody is told')
  const overdue = gauge('wardline_notices_overdue', 'notices due for an hour and held by nothing; must be 0')
  const appeals = gauge('wardline_appeals', 'appeals ever opened')
  const appealsOpen = gauge('wardline_appeals_open', 'appeals that are not decided: somebody waits for an answer')
  const appealsOverdue = gauge(
    'wardline_appeals_overdue',
    'open appeals beyond the day by which they were to be decided',
  )
  const letters = gauge('wardline_letters', 'mails to the appeals address by state; waiting ones want a person', [
    'state',
  ])
  const lettersLeft = gauge('wardline_letters_left', 'mails of today that the limits left on the mail server')
  const lettersLost = gauge(
    'wardline_letters_unreachable_seconds',
    'since when the mailbox of appeals cannot be read; must be 0',
  )
  const version = gauge('wardline_lists_version', 'goes up with every change of the hash lists')
  const loaded = gauge('wardline_lists_loaded', 'share of the first load that is done; below 1 no image is answered')
  const listBytes = gauge('wardline_lists_bytes', 'memory that the hash lists take, index and all')
  const listAge = gauge(
    'wardline_lists_age_seconds',
    'since the lists in use were last known to be those of the database; -1 before the first load',
  )
  const byList = gauge('wardline_list_entries', 'entries of each hash list, by the name that the operator gave it', [
    'list',
  ])
  const fetchAge = gauge('wardline_list_sync_age_seconds', 'since each list that is fetched last was current', ['list'])
  const tooOld = gauge('wardline_lists_too_old', 'lists that were not current for longer than they may; must be 0')
  const testCases = gauge('wardline_test_cases', 'cases that test cards made, not cleaned up; not in wardline_cases')
  const window = gauge(
    'wardline_selftest_window_open',
    '1 while a window is open in which test cards count for every key',
  )
  const windowEnd = gauge(
    'wardline_selftest_window_closes_seconds',
    'when it closes, as Unix time; 0 while none is open',
  )
  const lines = gauge('wardline_filing_line', '1 for how the line to the CyberTipline stands; stopped wants a person', [
    'standing',
  ])
  const late = gauge('wardline_reports_late', 'reports not filed within reports.lateAfterHours; must be 0')
  const undecided = gauge('wardline_cases_undecided', 'cases that wait for a person for longer than so many hours', [
    'hours',
  ])
  const unsent = gauge('wardline_alerts_unsent', 'alerts that webhook or mail server has not taken yet')
  const events = gauge(
    'wardline_platform_events',
    'events for the platform by state; one that was given up wants a person',
    ['state'],
  )
  const failing = gauge(
    'wardline_platform_webhook_failing_seconds',
    'since the oldest event that waits was first refused by the platform; 0: none was',
  )
  const paused = gauge('wardline_paused', '1 while nothing is filed, told or destroyed, until a person has looked')
  const asides = gauge('wardline_list_set_asides', 'entries that too many accounts hit, by state', ['state'])
  const asidesOverdue = gauge('wardline_list_set_asides_overdue', 'of these: nobody looked within a day; must be 0')
  const corrections = gauge('wardline_list_corrections', 'corrections by state', ['state'])
  const correctionsOverdue = gauge('wardline_list_corrections_overdue', 'in force, with their review date passed')
  const feedback = gauge('wardline_list_feedback', 'feedback to list services by state', ['state'])
  const keys = gauge(
    'wardline_vault_keys',
    'master keys that are not retired; more than 1 during a rotation and until its end',
  )
  const uncopied = gauge('wardline_vault_keys_without_copy', 'of these: no copy was ever confirmed; must be 0')
  const toReseal = gauge('wardline_vault_values_left', 'sealed values that a rotation has still to seal anew')
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers })
  const shadowed = counter(
    'wardline_shadow_matches_total',
    'images that matched a list whose share of traffic leaves them out: counted, and nothing else; by class',
    ['class'],
  )
  const silenced = counter('wardline_corrected_matches_total', 'matches that a correction silenced')
  const canaries = counter('wardline_canary_hits_total', 'images that met a canary: somebody probes with a stolen list')
  gauge('wardline_info', 'always 1; says the environment', ['environment']).set({ environment }, 1)

  const fill = (one: Gauge, counts: Readonly<Record<string, number | undefined>>) => {
    one.reset()
    for (const [state, count] of Object.entries(counts)) one.set({ state }, count ?? 0)
  }
  return {
    contentType: registry.contentType,
    text: async () => {
      const now = await read()
      fill(jobs, now.jobs)
      fill(cases, now.cases)
      fill(reports, now.reports)
      const { failingMs, ...byState } = now.events
      fill(events, byState)
      failing.set(failingMs / 1000)
      entries.set(now.lists.entries)
      version.set(now.lists.version)
      loaded.set(now.lists.loaded)
      listBytes.set(now.lists.bytes)
      listAge.set(now.lists.ageMs === null ? -1 : now.lists.ageMs / 1000)
      byList.reset()
      for (const { id, entries: its } of now.lists.byList) byList.set({ list: id }, its)
      fetchAge.reset()
      for (const { id, ageMs } of now.lists.fetched) fetchAge.set({ list: id }, ageMs / 1000)
      tooOld.set(now.lists.tooOld)
      appeals.set(now.appeals.all)
      appealsOpen.set(now.appeals.open)
      appealsOverdue.set(now.appeals.overdue)
      fill(letters, now.letters.byState)
      lettersLeft.set(now.letters.left)
      lettersLost.set(now.letters.unreachableMs / 1000)
      for (const standing of ['open', 'waiting', 'stopped'])
        lines.set({ standing }, now.filing.line === standing ? 1 : 0)
      late.set(now.filing.late)
      undecided.set({ hours: '24' }, now.filing.undecidedDay)
      undecided.set({ hours: '48' }, now.filing.undecidedTwoDays)
      unsent.set(now.filing.alertsUnsent)
      const about = now.entries
      fill(asides, about.setAside)
      asidesOverdue.set(about.setAsideOverdue)
      fill(corrections, { proposed: about.corrections.proposed, in_force: about.corrections.inForce })
      correctionsOverdue.set(about.corrections.overdue)
      fill(feedback, about.feedback)
      shadowed.reset()
      for (const [named, count] of Object.entries(about.shadowed)) shadowed.inc({ class: named }, count ?? 0)
      silenced.reset()
      silenced.inc(about.silenced)
      canaries.reset()
      canaries.inc(about.canaries)
      fill(notices, now.notices.byState)
      unreleased.set(now.notices.unreleased)
      overdue.set(now.notices.overdue)
      paused.set(now.paused ? 1 : 0)
      keys.set(now.vault.keys)
      uncopied.set(now.vault.uncopied)
      toReseal.set(now.vault.left)
      testCases.set(now.tests.cases)
      window.set(now.tests.windowClosesAt === null ? 0 : 1)
      windowEnd.set((now.tests.windowClosesAt ?? 0) / 1000)
      return registry.metrics()
    },
    scanned: (verdict, isTest) => (isTest ? tests : scans).inc({ verdict }),
    answered: (route, status, seconds) => requests.observe({ route, status: String(status) }, seconds),
  }
}
