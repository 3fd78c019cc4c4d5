/* The slow path without an interpreter: sampling, slots, events, forks. Built three times, see the Makefile: with the address, undefined
 * behaviour and thread sanitizers. Prints what has failed; exit code 1 then. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../agent.h"

static int failures, tests_failed, tests_passed;

#define EXPECT(condition)                                                                                                          \
    do {                                                                                                                           \
        if (!(condition)) {                                                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                                        \
            failures++;                                                                                                            \
        }                                                                                                                          \
    } while (0)

/* In the interpreter's place: the stack that the test wants. */
static __thread uint32_t wanted_line;

bool ls_python_trace(struct ls_trace *trace) {
    int64_t code = ls_code_find(1, wanted_line);
    if (code < 0)
        code = ls_code_add(1, wanted_line, ls_text_add("test.py", 7), ls_text_add("function", 8), ls_text_add("", 0), (int32_t)wanted_line, LS_PYTHON_CODE);
    if (code >= 0)
        trace->frames[trace->depth++] = (struct ls_frame){(uint32_t)code, 2};
    return true;
}

bool ls_python_is_ending(void) { return false; }

void ls_native_trace(struct ls_trace *trace) { (void)trace; }

static char folder[] = "/tmp/leakyspanner-agent-XXXXXX";

static const char *file_of(int pid) {
    static char path[128];
    char pattern[128];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/%d-*.agent", folder, pid);
    path[0] = 0;
    if (glob(pattern, 0, NULL, &found) == 0) {
        EXPECT(found.gl_pathc == 1);
        snprintf(path, sizeof path, "%s", found.gl_pathv[0]);
        globfree(&found);
    }
    return path;
}

/* As an observer sees it. */
static const char *map_file(int pid) {
    int file = open(file_of(pid), O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0)
        return NULL;
    const char *memory = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    return memory == MAP_FAILED ? NULL : memory;
}

static void *map_writable(void) {
    int file = open(file_of(getpid()), O_RDWR | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0)
        abort();
    void *memory = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (memory == MAP_FAILED)
        abort();
    return memory;
}

static double live_bytes(const char *memory, double mean) {
    const struct ls_header *header = (const struct ls_header *)memory;
    const struct ls_slot *slots = (const struct ls_slot *)(memory + header->slots);
    double sum = 0;
    for (uint32_t i = 0; i < header->slot_count; i++) {
        if (slots[i].address != 0)
            sum += (double)slots[i].bytes / (1 - exp(-(double)slots[i].bytes / mean));
    }
    return sum;
}

/* As a hook does. */
static void *take(uintptr_t address, size_t size) {
    if (LS_TAKE(size) && ls_draw(size))
        ls_allocated((void *)address, size, LS_OBJECT);
    return (void *)address;
}

static void give(void *block) {
    if (ls_may_be_sampled(block))
        ls_freed(block);
}

static void estimates_are_right(void) {
    const double mean = (double)ls_mean();
    const char *memory = map_file(getpid());
    EXPECT(memory != NULL);
    /* Small, as large as the mean, and larger: 256 MB that stay and as much that goes. */
    static const size_t sizes[] = {48, 4096, 65536, 300000};
    double truth = 0;
    uintptr_t next = 1 << 20;
    for (int kind = 0; kind < 4; kind++) {
        size_t count = ((size_t)64 << 20) / sizes[kind];
        for (size_t i = 0; i < count; i++) {
            take(next, sizes[kind]);
            truth += (double)sizes[kind];
            next += sizes[kind];
            give(take(next, sizes[kind]));
        }
    }
    double found = live_bytes(memory, mean);
    /* About 2500 samples: a standard error of 2 %. Six of them are once in a billion runs. */
    EXPECT(fabs(found / truth - 1) < 0.12);
    const struct ls_header *header = (const struct ls_header *)memory;
    EXPECT(header->slots_full == 0);
    EXPECT(header->samples > header->live_blocks);

    for (uintptr_t at = 1 << 20; at < next; at += 48)
        /* Also where nothing begins. */
        give((void *)at);
    for (uintptr_t at = 1 << 20; at < next; at += 16)
        give((void *)at);
    EXPECT(live_bytes(memory, mean) == 0);
    EXPECT(header->live_blocks == 0);
}

static void events_tell_what_the_slots_are(void) {
    const char *memory = map_file(getpid());
    struct ls_header *header = (struct ls_header *)memory;
    /* Each sample was told when it came and when it went. */
    EXPECT(header->event_next == 2 * header->samples);
    EXPECT(header->events_lost == 0);
    const struct ls_event *events = (const struct ls_event *)(memory + header->events);
    for (uint64_t i = 0; i < header->event_next; i++) {
        EXPECT(events[i].number == i + 1);
        EXPECT(events[i].kind == LS_ALLOCATED || events[i].kind == LS_FREED);
    }
}

static void full_tables_are_counted(void) {
    const char *memory = map_file(getpid());
    const struct ls_header *header = (const struct ls_header *)memory;
    uint64_t samples = header->samples;
    for (uint32_t i = 0; i < LS_SLOTS + 100; i++) {
        wanted_line = i;
        ls_allocated((void *)(uintptr_t)((i + 1) * 64ull), 10, LS_OBJECT);
    }
    EXPECT(header->samples == samples + LS_SLOTS + 100);
    EXPECT(header->live_blocks == LS_SLOTS);
    EXPECT(header->slots_full == 100);
    EXPECT(header->codes_used == LS_CODES);
    /* Nobody has read them. */
    EXPECT(header->event_next == LS_EVENTS);
    EXPECT(header->events_lost > 0);
    EXPECT(header->stacks_used <= LS_STACKS);
    /* Samples without a stack are still samples. */
    for (uint32_t i = 0; i < LS_SLOTS + 100; i++)
        ls_freed((void *)(uintptr_t)((i + 1) * 64ull));
    EXPECT(header->live_blocks == 0);
    wanted_line = 1;
}

static void addresses_that_come_again_replace(void) {
    const char *memory = map_file(getpid());
    const struct ls_header *header = (const struct ls_header *)memory;
    ls_allocated((void *)4096, 10, LS_OBJECT);
    ls_allocated((void *)4096, 20, LS_OBJECT);
    EXPECT(header->live_blocks == 1);
    EXPECT(ls_freed((void *)4096) == 20);
    EXPECT(ls_freed((void *)4096) == 0);
    EXPECT(!ls_may_be_sampled((void *)4096));
}

enum { THREADS = 4, ROUNDS = 20000 };

static void *churn(void *number) {
    uintptr_t base = ((uintptr_t)number + 1) << 32;
    wanted_line = (uint32_t)(uintptr_t)number;
    for (uintptr_t i = 0; i < ROUNDS; i++) {
        void *block = take(base + (i % 512) * 8192, 8000);
        if (i % 512 != 0)
            give(block);
    }
    for (uintptr_t i = 0; i < 512; i++)
        give((void *)(base + i * 8192));
    return NULL;
}

static void threads_share_the_tables(void) {
    const char *memory = map_file(getpid());
    const struct ls_header *header = (const struct ls_header *)memory;
    uint64_t samples = header->samples;
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        EXPECT(pthread_create(&threads[i], NULL, churn, (void *)i) == 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    EXPECT(header->samples > samples + 1000);
    EXPECT(header->live_blocks == 0);
}

static int status_of(pid_t child) {
    int status = -1;
    EXPECT(waitpid(child, &status, 0) == child);
    return status;
}

static void children_have_files_of_their_own(void) {
    ls_before_fork();
    /* As other libraries' handlers do. */
    ls_allocated((void *)12288, 30, LS_OBJECT);
    EXPECT(ls_freed((void *)12288) == 30);
    ls_allocated((void *)16384, 30, LS_OBJECT);
    pid_t child = fork();
    if (child == 0) {
        /* Before it is our turn: the file is the parent's. */
        ls_allocated((void *)20480, 30, LS_OBJECT);
        ls_freed((void *)16384);
        ls_after_fork(true);
        EXPECT(!ls_may_be_sampled((void *)16384));
        if (access(file_of(getpid()), F_OK) == 0)
            /* Before its first sample. */
            _exit(2);
        ls_allocated((void *)8192, 30, LS_OBJECT);
        const char *memory = map_file(getpid());
        const struct ls_header *header = (const struct ls_header *)memory;
        _exit(memory != NULL && header->live_blocks == 1 && header->samples == 1 && memcmp(header->magic, LS_MAGIC, 8) == 0 && failures == 0 ? 0 : 3);
    }
    ls_after_fork(false);
    EXPECT(status_of(child) == 0);
    EXPECT(unlink(file_of(child)) == 0);
    const char *memory = map_file(getpid());
    EXPECT(((const struct ls_header *)memory)->live_blocks == 1);
    EXPECT(ls_freed((void *)16384) == 30);
}

/* Sanitizers would not survive clone(2) itself, but fork(3) runs no handlers here either: the test has registered none. */
static void copies_that_do_not_know_it_keep_away(void) {
    const char *memory = map_file(getpid());
    const struct ls_header *header = (const struct ls_header *)memory;
    ls_allocated((void *)8192, 30, LS_OBJECT);
    uint64_t samples = header->samples, events = header->event_next;
    pid_t child = fork();
    if (child == 0) {
        ls_allocated((void *)16384, 30, LS_OBJECT);
        _exit(ls_freed((void *)8192) == 0 ? 0 : 2);
    }
    EXPECT(status_of(child) == 0);
    EXPECT(header->samples == samples);
    EXPECT(header->event_next == events);
    EXPECT(ls_freed((void *)8192) == 30);
}

static void sizes_that_nobody_has_are_no_end(void) {
    const char *memory = map_file(getpid());
    const struct ls_header *header = (const struct ls_header *)memory;
    static const size_t impossible[] = {SIZE_MAX, (size_t)1 << 63, SIZE_MAX / 2 + 2};
    for (int i = 0; i < 3; i++) {
        if (LS_TAKE(impossible[i]) && ls_draw(impossible[i]))
            /* What malloc says. */
            ls_allocated(NULL, impossible[i], LS_NATIVE);
    }
    uint64_t samples = header->samples;
    for (uintptr_t at = 1; at <= 100; at++)
        give(take(at << 20, 1 << 20));
    EXPECT(header->samples > samples + 90);
}

static void what_the_file_says_is_not_believed(void) {
    struct ls_header *header = (struct ls_header *)map_writable();
    struct ls_slot *slots = (struct ls_slot *)((char *)header + header->slots);
    struct ls_stack *stacks = (struct ls_stack *)((char *)header + header->stacks);
    ls_allocated((void *)8192, 30, LS_OBJECT);
    ls_freed((void *)8192);
    for (uint32_t i = 0; i < LS_SLOTS; i++) {
        if (slots[i].address == 0)
            slots[i].stack = UINT32_MAX - i;
    }
    for (uint32_t i = 1; i < LS_STACKS; i++)
        stacks[i].first = UINT32_MAX;
    header->stacks_used = header->frames_used = header->codes_used = header->text_used = UINT64_MAX / 2;
    header->event_read = UINT64_MAX;
    for (uintptr_t at = 1; at < 100; at++) {
        wanted_line = (uint32_t)at;
        ls_allocated((void *)(at * 4096), 10, LS_OBJECT);
    }
    for (uintptr_t at = 1; at < 100; at++)
        ls_freed((void *)(at * 4096));
    wanted_line = 1;
    header->event_read = 0;
}

static const char *file_matching(const char *pattern) {
    static char path[128];
    char whole[128];
    glob_t found;
    snprintf(whole, sizeof whole, "%s/%s", folder, pattern);
    path[0] = 0;
    if (glob(whole, 0, NULL, &found) == 0) {
        snprintf(path, sizeof path, "%s", found.gl_pathv[0]);
        globfree(&found);
    }
    return path;
}

/* A file size limit stands in for a full disk. */
static void no_room_is_told_beside(void) {
    pid_t child = fork();
    if (child == 0) {
        struct rlimit limit = {4096, 4096};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        ls_before_fork();
        ls_after_fork(true);
        ls_allocated((void *)8192, 30, LS_OBJECT);
        _exit(ls_mean() == 0 && file_of(getpid())[0] == 0 ? 0 : 2);
    }
    EXPECT(status_of(child) == 0);
    char pattern[64];
    snprintf(pattern, sizeof pattern, "%d-%d.failed", (int)child, EFBIG);
    EXPECT(unlink(file_matching(pattern)) == 0);
}

static void refusals_are_told(void) {
    pid_t child = fork();
    if (child == 0) {
        ls_tables_refuse(folder, 0x030f00f0, LS_FREE_THREADED);
        const struct ls_header *header = (const struct ls_header *)map_file(getpid());
        _exit(header != NULL && header->state == LS_FREE_THREADED && memcmp(header->magic, LS_MAGIC, 8) == 0 && header->mean_bytes > 0 ? 0 : 2);
    }
    EXPECT(status_of(child) == 0);
    EXPECT(unlink(file_of(child)) == 0);
}

static void it_can_begin_again(void) {
    char first[128];
    snprintf(first, sizeof first, "%s", file_of(getpid()));
    ls_allocated((void *)8192, 30, LS_OBJECT);
    ls_tables_close(LS_ENDED);
    EXPECT(ls_mean() == 0);
    EXPECT(!ls_may_be_sampled((void *)8192));
    EXPECT(ls_freed((void *)8192) == 0);
    ls_allocated((void *)8192, 30, LS_OBJECT);
    /* Nothing is sampled now, for as long as it takes to see that it has begun. */
    take(1 << 20, 1 << 20);
    EXPECT(unlink(first) == 0);
    EXPECT(ls_tables_open(folder, 100 * 1024, 0x030b02f0, false) == 0);
    const struct ls_header *header = (const struct ls_header *)map_file(getpid());
    EXPECT(header->live_blocks == 0 && header->samples == 0);
    for (uintptr_t at = 1; at <= 100; at++)
        give(take(at << 20, 1 << 20));
    EXPECT(header->samples > 10);
    EXPECT(header->live_blocks == 0);
}

static void stopping_ends_sampling(void) {
    ls_tables_state(LS_DEBUG_ALLOCATOR);
    /* With the process, which changes nothing. */
    ls_tables_state(LS_ENDED);
    const char *memory = map_file(getpid());
    const struct ls_header *header = (const struct ls_header *)memory;
    uint64_t samples = header->samples;
    for (uintptr_t i = 1; i < 10000; i++)
        take(i << 20, 1 << 20);
    EXPECT(header->samples == samples);
    EXPECT(header->state == LS_DEBUG_ALLOCATOR);
}

static void text_is_utf8(void) {
    static const uint16_t wide[] = {'a', 0xE9, 0x20AC, 0xD800};
    static const uint32_t widest[] = {0x1F600};
    ls_lock();
    int64_t first = ls_text_add_wide(wide, 4, 2), second = ls_text_add_wide(widest, 1, 4), none = ls_text_add("", LS_TEXT);
    ls_unlock();
    const char *memory = map_file(getpid());
    const char *text = memory + ((const struct ls_header *)memory)->text;
    EXPECT(memcmp(text + first, "\x07\0\0\0a\xC3\xA9\xE2\x82\xAC?", 11) == 0);
    EXPECT(memcmp(text + second, "\x04\0\0\0\xF0\x9F\x98\x80", 8) == 0);
    EXPECT(none == -1);
}

static void run(void (*test)(void)) {
    int before = failures;
    test();
    *(failures == before ? &tests_passed : &tests_failed) += 1;
}

static void opening_fails_with_a_reason(void) {
    EXPECT(ls_tables_open("/no/such/folder", 1, 0, false) != 0);
    EXPECT(ls_mean() == 0);
}

int main(void) {
    EXPECT(mkdtemp(folder) != NULL);
    run(opening_fails_with_a_reason);
    EXPECT(ls_tables_open(folder, 100 * 1024, 0x030b02f0, false) == 0);
    run(text_is_utf8);
    run(estimates_are_right);
    run(events_tell_what_the_slots_are);
    run(addresses_that_come_again_replace);
    run(threads_share_the_tables);
    run(children_have_files_of_their_own);
    run(copies_that_do_not_know_it_keep_away);
    run(sizes_that_nobody_has_are_no_end);
    run(no_room_is_told_beside);
    run(refusals_are_told);
    run(full_tables_are_counted);
    run(it_can_begin_again);
    run(what_the_file_says_is_not_believed);
    /* The last one. */
    run(stopping_ends_sampling);
    unlink(file_of(getpid()));
    rmdir(folder);
    printf("%d passed, %d failed\n", tests_passed, tests_failed);
    return tests_failed != 0;
}
