// FAISS's exact binary indexes, one thread, behind the bench's little protocol (see peer.ts).
// faiss <flat|multihash> <codes> <n> <queries> [tables bits flips]
#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexBinaryHash.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <omp.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

// This thread's own time: the machine may be shared.
static double now() {
    timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static std::vector<uint8_t> bytes(const char* path) {
    FILE* file = fopen(path, "rb");
    if (!file) exit(3);
    fseek(file, 0, SEEK_END);
    std::vector<uint8_t> all(ftell(file));
    rewind(file);
    if (fread(all.data(), 1, all.size(), file) != all.size()) exit(3);
    fclose(file);
    return all;
}

static double residentBytes() {
    FILE* file = fopen("/proc/self/statm", "r");
    long pages = 0, resident = 0;
    if (!file || fscanf(file, "%ld %ld", &pages, &resident) != 2) exit(3);
    fclose(file);
    return resident * 4096.0;
}

int main(int argc, char** argv) {
    omp_set_num_threads(1);
    std::vector<uint8_t> codes = bytes(argv[2]);
    const long n = atol(argv[3]);
    std::vector<uint8_t> queries = bytes(argv[4]);
    std::unique_ptr<faiss::IndexBinary> index;
    if (!strcmp(argv[1], "flat")) index.reset(new faiss::IndexBinaryFlat(256));
    else {
        auto* hash = new faiss::IndexBinaryMultiHash(256, atoi(argv[5]), atoi(argv[6]));
        hash->nflip = atoi(argv[7]);
        index.reset(hash);
    }
    const double before = residentBytes(), began = now();
    index->add(n, codes.data());
    printf("built %.3f %.0f\n", now() - began, residentBytes() - before);
    fflush(stdout);
    long from, count;
    char path[4096];
    // Each query alone, as a scan asks it.
    while (scanf("%ld %ld %4095s", &from, &count, path) == 3) {
        FILE* out = strcmp(path, "-") ? fopen(path, "wb") : nullptr;
        const double start = now();
        for (long q = from; q < from + count; q++) {
            faiss::RangeSearchResult found(1);
            index->range_search(1, queries.data() + q * 32, 32, &found);  // below 32 is within 31
            if (!out) continue;
            for (size_t i = 0; i < found.lims[1]; i++) {
                uint32_t hit[3] = {uint32_t(q), uint32_t(found.labels[i]), uint32_t(found.distances[i])};
                fwrite(hit, 4, 3, out);
            }
        }
        if (out) fclose(out);
        printf("ran %.4f\n", (now() - start) * 1e6 / count);
        fflush(stdout);
    }
}
