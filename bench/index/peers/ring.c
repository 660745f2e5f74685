// The same ring in C, with what C has and WebAssembly has not: real prefetches, the widest vectors of this machine and huge
// pages if the system gives them. One thread. ring <codes> <n> <queries>; codes as they are (no balancing of bits).
#define _GNU_SOURCE
#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { KEYS = 65536, BANDS = 16 };
static long n;
static uint16_t *codes;
static uint32_t *starts[BANDS], *rows[BANDS];
static uint16_t *sketches[BANDS];

/** This thread's own time: the machine may be shared. */
static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void *room(size_t bytes) {
    void *at = mmap(0, bytes + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) exit(3);
    if (getenv("HUGE_PAGES")) madvise(at, bytes + 4096, MADV_HUGEPAGE);
    return at;
}

static void *bytes(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (!file) exit(3);
    fseek(file, 0, SEEK_END);
    *length = ftell(file);
    rewind(file);
    void *all = room(*length);
    if (fread(all, 1, *length, file) != *length) exit(3);
    fclose(file);
    return all;
}

static void build(void) {
    for (int b = 0; b < BANDS; b++) {
        uint32_t *start = starts[b] = room((KEYS + 1) * 4);
        rows[b] = room(n * 4);
        sketches[b] = room(n * 2 + 256);
        const uint16_t *word = codes + b, *next = codes + (b + 1) % BANDS;
        for (long i = 0; i < n; i++) start[word[i * 16] + 1]++;
        for (int k = 0; k < KEYS; k++) start[k + 1] += start[k];
        for (long i = 0; i < n; i++) {
            uint32_t to = start[word[i * 16]]++;
            rows[b][to] = i;
            sketches[b][to] = next[i * 16];
        }
        memmove(start + 1, start, KEYS * 4);
        start[0] = 0;
    }
}

static inline uint32_t near(const uint16_t *sketch, __m512i query, int most) {
    __m512i x = _mm512_xor_si512(_mm512_loadu_si512(sketch), query);
#ifdef __AVX512BITALG__
    return _mm512_cmple_epu16_mask(_mm512_popcnt_epi16(x), _mm512_set1_epi16(most));
#else
    for (int i = 0; i < most; i++) x = _mm512_and_si512(x, _mm512_add_epi16(x, _mm512_set1_epi16(-1)));
    return _mm512_cmpeq_epi16_mask(x, _mm512_setzero_si512());
#endif
}

/** Survivors: room for all of them, which a list in a product would have to bound. */
static uint64_t *survivors;
static uint32_t *hits;

static long search(const uint16_t *query) {
    long survived = 0, found = 0;
    for (int b = 0; b < BANDS; b++) {
        const uint16_t key = query[b];
        const __m512i next = _mm512_set1_epi16(query[(b + 1) % BANDS]);
        for (int p = -1; p < 16; p++) {
            const uint16_t k = p < 0 ? key : key ^ (1 << p);
            const char *end = (const char *)(sketches[b] + starts[b][k + 1]);
            for (const char *at = (const char *)(sketches[b] + starts[b][k]); at < end; at += 64) _mm_prefetch(at, _MM_HINT_T0);
        }
        for (int p = -1; p < 16; p++) {
            const uint16_t k = p < 0 ? key : key ^ (1 << p);
            const uint32_t to = starts[b][k + 1];
            for (uint32_t from = starts[b][k]; from < to; from += 32) {
                uint32_t mask = near(sketches[b] + from, next, p < 0 ? 3 : 2);
                if (to - from < 32) mask &= (1u << (to - from)) - 1;
                for (; mask; mask &= mask - 1) {
                    const uint32_t at = from + __builtin_ctz(mask);
                    _mm_prefetch(rows[b] + at, _MM_HINT_T0);
                    survivors[survived++] = (uint64_t)b << 32 | at;
                }
            }
        }
    }
    for (long i = 0; i < survived; i++) {
        const uint32_t row = rows[survivors[i] >> 32][(uint32_t)survivors[i]];
        _mm_prefetch(codes + (size_t)row * 16, _MM_HINT_T0);
        survivors[i] = (survivors[i] & ~0xffffffffull) | row;
    }
    for (long i = 0; i < survived; i++) {
        const uint32_t row = survivors[i];
        const uint64_t *a = (const uint64_t *)(codes + (size_t)row * 16), *q = (const uint64_t *)query;
        int distance = 0;
        for (int w = 0; w < 4; w++) distance += __builtin_popcountll(a[w] ^ q[w]);
        if (distance > 31) continue;
        int first = -1;
        for (int b = 0; first < 0; b++) {
            const int here = __builtin_popcount(codes[(size_t)row * 16 + b] ^ query[b]), c = (b + 1) % BANDS;
            if (here <= 1 && here + __builtin_popcount(codes[(size_t)row * 16 + c] ^ query[c]) <= 3) first = b;
        }
        if (first != (int)(survivors[i] >> 32)) continue;
        hits[found * 2] = row;
        hits[found++ * 2 + 1] = distance;
    }
    return found;
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    size_t length;
    codes = bytes(argv[1], &length);
    n = atol(argv[2]);
    const uint16_t *queries = bytes(argv[3], &length);
    survivors = room((size_t)n * 16 * 8);
    hits = room((size_t)n * 8);
    const double began = now();
    build();
    printf("built %.3f %.0f\n", now() - began, n * (32.0 + 16 * 6) + 16 * 4.0 * KEYS);
    fflush(stdout);
    long from, count;
    char path[4096];
    while (scanf("%ld %ld %4095s", &from, &count, path) == 3) {
        FILE *out = strcmp(path, "-") ? fopen(path, "wb") : 0;
        const double start = now();
        for (long q = from; q < from + count; q++) {
            const long found = search(queries + q * 16);
            for (long i = 0; out && i < found; i++) {
                uint32_t hit[3] = {q, hits[i * 2], hits[i * 2 + 1]};
                fwrite(hit, 4, 3, out);
            }
        }
        if (out) fclose(out);
        printf("ran %.4f\n", (now() - start) * 1e6 / count);
        fflush(stdout);
    }
}
