/* Poisson sampling by bytes: every byte asked for has the same small chance of being the one that a sample is taken at. So a block of n
 * bytes is sampled with probability 1 - exp(-n / mean), and an observer counts it as n / (1 - exp(-n / mean)) bytes, which is right on
 * average whatever the sizes are (the estimator of tcmalloc's heap profiles). */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

LS_OLD(log);

__thread struct ls_thread ls_self __attribute__((tls_model("initial-exec")));

_Alignas(4096) _Atomic uint8_t ls_filter[LS_FILTER];

/* Bytes after which a thread looks whether sampling has begun again. */
static const uint64_t WHILE_OFF = 64 << 20;

static uint64_t next_random(void) {
    /* xorshift64*, Vigna 2016. */
    uint64_t x = ls_self.random;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    ls_self.random = x;
    return x * 0x2545F4914F6CDD1DULL;
}

/* An exponentially distributed distance, at least one byte. */
static uint64_t distance(uint64_t mean) {
    double uniform = ((double)(next_random() >> 11) + 0.5) * 0x1p-53;
    double bytes = -log(uniform) * (double)mean;
    return bytes < 0x1p62 ? (uint64_t)bytes + 1 : (uint64_t)1 << 62;
}

LS_COLD static void start_thread(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    ls_self.id = (uint32_t)syscall(SYS_gettid);
    ls_self.random = ((uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec ^ (uint64_t)ls_self.id * 0x9E3779B97F4A7C15ULL) | 1;
    ls_self.started = true;
}

LS_COLD bool ls_draw(size_t bytes) {
    uint64_t mean = ls_mean();
    if (mean == 0) {
        /* Switched off, perhaps not for ever. */
        ls_self.left = WHILE_OFF;
        return false;
    }
    if (LS_RARE(!ls_self.started)) {
        start_thread();
        ls_self.left = distance(mean);
        if (!LS_TAKE(bytes))
            return false;
    }
    ls_self.left = distance(mean);
    return !ls_self.inside;
}

LS_COLD void ls_allocated(void *address, size_t bytes, int domain) {
    if (address == NULL || ls_self.inside)
        return;
    int error = errno;
    ls_self.inside = true;
    struct ls_trace trace;
    trace.depth = 0;
    trace.cut = false;
    trace.request = 0;
    ls_lock();
    if (ls_tables_ready()) {
        if (!ls_python_trace(&trace))
            ls_count_no_python();
        if (domain == LS_NATIVE)
            ls_native_trace(&trace);
        if (ls_slot_take(address, bytes, ls_stack_of(&trace), trace.request, domain)) {
            _Atomic uint8_t *filter = &ls_filter[ls_filter_index(address)];
            uint8_t count = atomic_load_explicit(filter, memory_order_relaxed);
            /* A full counter stays full: then blocks of these pages are looked up for nothing. */
            if (count < UINT8_MAX)
                atomic_store_explicit(filter, count + 1, memory_order_relaxed);
        }
    }
    ls_unlock();
    ls_self.inside = false;
    errno = error;
}

LS_COLD size_t ls_freed(void *address) {
    if (ls_self.inside)
        return 0;
    int error = errno;
    ls_self.inside = true;
    ls_lock();
    size_t bytes = ls_slot_drop(address);
    if (bytes != 0) {
        _Atomic uint8_t *filter = &ls_filter[ls_filter_index(address)];
        uint8_t count = atomic_load_explicit(filter, memory_order_relaxed);
        if (count > 0 && count < UINT8_MAX)
            atomic_store_explicit(filter, count - 1, memory_order_relaxed);
    }
    ls_unlock();
    ls_self.inside = false;
    errno = error;
    return bytes;
}
