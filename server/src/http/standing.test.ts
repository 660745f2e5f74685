import { describe, expect, test } from 'vitest'
import { Door } from './testing.ts'

const image = new Uint8Array([1, 2, 3])
const read = async (answer: Response) => (await answer.json()) as Record<string, unknown>

describe('how it stands', () => {
  test('healthz and readyz need no key; outside production readyz says that nothing is reported', async () => {
    await using door = await Door.open()
    expect(await read(await door.ask('/healthz', undefined))).toEqual({ ok: true })
    const answer = await door.ask('/readyz', undefined)
    expect(answer.status).toBe(200)
    expect(await read(answer)).toEqual({
      ready: true,
      environment: 'sandbox',
      notice: 'NOTHING IS REPORTED TO NCMEC',
      checks: [{ name: 'database', ok: true, words: 'answers' }],
    })
  })

  test('production says nothing of the kind, and one failing check makes it not ready', async () => {
    await using door = await Door.open({ environment: 'production' })
    door.stages.ready = async () => [
      { name: 'a', ok: true, words: '' },
      { name: 'disk', ok: false, words: 'full' },
    ]
    const answer = await door.ask('/readyz', undefined)
    expect(answer.status).toBe(503)
    const told = await read(answer)
    expect(told).toMatchObject({ ready: false, environment: 'production' })
    expect(told).not.toHaveProperty('notice')
    expect(door.log.join('')).not.toContain('NOTHING IS REPORTED')
  })

  test('the metrics stand on a loopback port of their own, and nothing else does', async () => {
    await using door = await Door.open()
    await door.scan(await door.key(['scans:write']), image)
    const text = await (await fetch(door.http.metricsUrl ?? '')).text()
    for (const line of [
      'wardline_scans_total{verdict="clear"} 1',
      'wardline_jobs{state="dead"} 2',
      'wardline_cases{state="waiting_review"} 3',
      'wardline_reports{state="finished"} 4',
      'wardline_lists_entries 5',
      'wardline_lists_version 6',
      'wardline_lists_loaded 1',
      'wardline_lists_bytes 700',
      'wardline_lists_age_seconds 8',
      'wardline_list_entries{list="drawn"} 5',
      'wardline_list_set_asides{state="kept"} 2',
      'wardline_list_set_asides_overdue 1',
      'wardline_list_corrections{state="in_force"} 2',
      'wardline_list_corrections_overdue 1',
      'wardline_list_feedback{state="waiting"} 5',
      'wardline_shadow_matches_total{class="csam"} 6',
      'wardline_corrected_matches_total 7',
      'wardline_canary_hits_total 8',
      'wardline_notices{state="dead"} 3',
      'wardline_notices_unreleased 1',
      'wardline_info{environment="sandbox"} 1',
      'wardline_http_request_seconds_count{route="POST /v1/scans",status="200"} 1',
    ])
      expect(text).toContain(line)
    expect(new URL(door.http.metricsUrl ?? '').hostname).toBe('127.0.0.1')
    expect((await fetch(new URL('/v1/cases', door.http.metricsUrl))).status).toBe(404)
    expect((await door.ask('/metrics', await door.key(['metrics:read']))).status).toBe(404)
  })

  test('without a port of their own they want a key', async () => {
    await using door = await Door.open({ metrics: { port: null } })
    expect(door.http.metricsUrl).toBeUndefined()
    expect((await door.ask('/metrics', undefined)).status).toBe(401)
    expect((await door.ask('/metrics', await door.key(['cases:read']))).status).toBe(403)
    expect(await (await door.ask('/metrics', await door.key(['metrics:read']))).text()).toContain(
      'wardline_jobs{state="dead"} 2',
    )
  })
})
