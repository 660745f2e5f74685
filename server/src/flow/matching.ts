// The matcher in use, kept equal to the lists in the database: changes are followed live, and a half-read list is never served.
import { Fault } from '#base'
import { listsVersion } from '#lists'
import { type Catalogue, type Matcher, matcherOf } from '#match'
import { follow, load, type MatchingGround } from './loading.ts'

export interface Matching {
  /** Of the newest lists that are wholly read. Fault `lists_loading` before there are any: what would be clear by them is not. */
  current(): Matcher
  standing(): Standing
  /** Looks whether the lists changed, and if so serves the new ones when this ends. Throws what stands in the way. */
  refresh(): Promise<void>
  /** Loads, and then looks every second. */
  start(): void
  stop(): Promise<void>
}

export interface Standing {
  /** 0..1: how much of the first load is done; 1 ever after. */
  readonly loaded: number
  /** Why the lists of now cannot be read, or not anew, in words that may be shown; those before are in use, if there were any. */
  readonly trouble: string | undefined
  /** When the lists in use were last known to be those of the database, epoch ms; undefined before the first load. */
  readonly refreshedAt: number | undefined
}

const lookEveryMs = 1_000
/** What a person must mend is not tried every second: reading ten million entries in vain takes ten. */
const restMs = 30_000
/** Another catalogue in vain costs as much, and nothing is missed without it. */
const anotherRestMs = 600_000
const retryAfterMs = 5_000
/** Another catalogue is opened in place of one of which so much is replaced, if that is worth it. */
const mostWasted = 1 / 3
const worthRows = 100_000

export function openMatching(ground: MatchingGround): Matching {
  const { database, clock, log } = ground
  let catalogue: Catalogue | undefined
  let matcher: Matcher | undefined
  let loaded = 0
  let trouble: string | undefined
  let refreshedAt: number | undefined
  /** It serves on and does not follow any more. */
  let mustLoad = false
  let another: Promise<void> | undefined
  let anotherTrouble: string | undefined
  let anotherFrom = 0
  const stopping = new AbortController()

  const serve = async (next: Catalogue) => {
    const former = catalogue
    anotherTrouble = undefined
    catalogue = next
    mustLoad = false
    matcher = matcherOf(next)
    await former?.[Symbol.asyncDispose]()
  }
  const open = async () => {
    const started = performance.now()
    const next = await load(ground, stopping.signal, (share) => {
      loaded = catalogue === undefined ? share : 1
    })
    await serve(next)
    loaded = 1
    const seconds = Math.round((performance.now() - started) / 100) / 10
    log.info({ version: next.version, entries: next.size, seconds, bytes: next.bytes }, 'hash lists loaded')
  }
  /** Beside the present one, which follows on. */
  const openAnother = () => {
    if (another !== undefined || clock.now() < anotherFrom) return
    // Until it is known to have been of use.
    anotherFrom = clock.now() + anotherRestMs
    another = load(ground, stopping.signal, () => {})
      .then(async (next) => {
        await queue(async () => {
          if ((await follow(ground, next)) === 'followed') await serve(next)
        }).finally(() => (catalogue === next ? undefined : next[Symbol.asyncDispose]()))
        if (catalogue !== next) return
        anotherFrom = 0
        log.info({ version: next.version, entries: next.size, bytes: next.bytes }, 'hash lists read anew')
      })
      .catch((error: unknown) => {
        const words = wordsOf(error)
        if (words !== anotherTrouble && !stopping.signal.aborted)
          log.error({ error }, 'ALERT: the hash lists could not be read anew; those in use go on and take more memory')
        anotherTrouble = words
      })
      .finally(() => {
        another = undefined
      })
  }
  const look = async () => {
    if (catalogue === undefined || catalogue.broken || mustLoad) await open()
    else if ((await listsVersion(database.read)) !== catalogue.version) {
      const former = catalogue.version
      if ((await follow(ground, catalogue)) === 'load_anew') {
        mustLoad = true
        await open()
      } else
        log.info(
          { version: catalogue.version, former, entries: catalogue.size },
          'hash lists changed: the new ones are in use',
        )
    }
    if (catalogue !== undefined && catalogue.wasted > mostWasted && catalogue.rows.count > worthRows) openAnother()
    refreshedAt = clock.now()
    trouble = undefined
  }
  const say = (error: unknown) => {
    const words = wordsOf(error)
    if (words !== trouble && !stopping.signal.aborted)
      log.error(
        { error },
        catalogue === undefined
          ? 'ALERT: the hash lists cannot be read, so no image is answered'
          : 'ALERT: the hash lists of now cannot be read; the former ones stay in use',
      )
    trouble = words
  }

  let last: Promise<unknown> = Promise.resolve()
  /** One at a time. */
  const queue = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work)
    last = done.catch(() => {})
    return done
  }
  const refresh = () => queue(look)
  const lookOn = async () => {
    while (!stopping.signal.aborted) {
      const waitMs = await refresh().then(
        () => lookEveryMs,
        (error: unknown) => {
          say(error)
          return isOfTheMoment(error) ? lookEveryMs : restMs
        },
      )
      await clock.wait(waitMs, stopping.signal)
    }
  }
  let looking: Promise<void> = Promise.resolve()
  return {
    current: () => {
      if (matcher !== undefined) return matcher
      const words = 'the hash lists are being loaded: until they are, no image can be answered'
      throw new Fault('lists_loading', words, { retry: 'later', retryAfterMs })
    },
    standing: () => ({ loaded, trouble: trouble ?? anotherTrouble, refreshedAt }),
    refresh,
    start: () => {
      looking = lookOn()
    },
    stop: async () => {
      stopping.abort()
      await looking
      await another
      await last
      await catalogue?.[Symbol.asyncDispose]()
    },
  }
}

const wordsOf = (error: unknown): string => (error instanceof Fault ? error.message : 'a bug; see the log')

const isOfTheMoment = (error: unknown): boolean =>
  error instanceof Fault && (error.retry === 'now' || error.retry === 'later')
