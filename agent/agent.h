/* What the parts of the agent know of each other. sampler.c is the hot path, tables.c the shared file, python.c the interpreter,
 * request.c its contexts, native.c the C library's allocator, agent.c the beginning and the end. */
#ifndef LEAKYSPANNER_AGENT_H
#define LEAKYSPANNER_AGENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"

#define LS_PUBLIC __attribute__((visibility("default")))
#define LS_COLD __attribute__((noinline, cold))
#define LS_RARE(condition) __builtin_expect(!!(condition), 0)

/* Versions that older C libraries have as well: the wheel is for glibc 2.27 and later. */
#if defined __x86_64__
#define LS_OLD(function) __asm__(".symver " #function "," #function "@GLIBC_2.2.5")
#elif defined __aarch64__
#define LS_OLD(function) __asm__(".symver " #function "," #function "@GLIBC_2.17")
#else
#error "the agent knows x86-64 and aarch64"
#endif

/* --- sampler.c ---------------------------------------------------------------------------------------------------- */

/* Per thread: bytes until the next sample, and whether this thread is inside the agent, where nothing is sampled. */
struct ls_thread {
    uint64_t left;
    uint64_t random;
    uint32_t id;
    bool started;
    bool inside;
    bool forwarded;           /* the memory of a sampled object is being asked of the C library */
    bool forking;             /* holds the lock until the fork is done */
};

/* Part of the block that the loader keeps for every thread, so that reading it is one instruction. */
extern __thread struct ls_thread ls_self __attribute__((tls_model("initial-exec")));

/* One byte per page of addresses: how many sampled blocks begin in pages that share it. Freed blocks are looked up only where it is not 0. */
enum { LS_FILTER = 1 << 20 };
extern _Atomic uint8_t ls_filter[LS_FILTER];

static inline size_t ls_filter_index(const void *address) { return ((uintptr_t)address >> 12) & (LS_FILTER - 1); }

static inline bool ls_may_be_sampled(const void *address) {
    return LS_RARE(atomic_load_explicit(&ls_filter[ls_filter_index(address)], memory_order_relaxed) != 0);
}

/* Takes bytes off the distance: a subtraction and a jump on its carry. True where they went beyond it, which ls_draw is then to judge.
 * Without sign, so that a size that nobody can have is no end of sampling. */
#define LS_TAKE(bytes) LS_RARE(__builtin_sub_overflow(ls_self.left, (uint64_t)(bytes), &ls_self.left))

/* Whether an allocation of so many bytes, which went beyond the distance, is a sample. Draws the next distance. */
bool ls_draw(size_t bytes);

/* A sampled block has been handed out. */
void ls_allocated(void *address, size_t bytes, int domain);

/* A block that may be sampled is about to be freed. Returns its size as asked for, 0 where it was not sampled. */
size_t ls_freed(void *address);

/* --- tables.c ----------------------------------------------------------------------------------------------------- */

/* Serialises the slow path. Nothing is waited for while it is held, except that pages are touched for the first time. Between before_fork
 * and after_fork it is held by the thread that forks, which may allocate meanwhile, in what other libraries do then. */
void ls_lock(void);
void ls_unlock(void);
void ls_before_fork(void);
void ls_after_fork(bool child);

/* The folder is kept, so that the child of a fork can make its own file at its first sample. 0, or an errno, which a file beside tells too:
 * PID-ERRNO.failed. */
int ls_tables_open(const char *folder, uint64_t mean_bytes, uint32_t python, bool native);
/* A file that only says why there will be no samples. */
void ls_tables_refuse(const char *folder, uint32_t python, uint32_t state);
/* Whether samples can be taken down in this process. Makes the file of a forked child. */
bool ls_tables_ready(void);
void ls_tables_state(uint32_t state);
/* Ends it for that reason, and gives the memory back. The file stays. */
void ls_tables_close(uint32_t state);
uint64_t ls_mean(void);

struct ls_trace {
    struct ls_frame frames[LS_DEEPEST];
    uint32_t depth;
    bool cut;
    uint64_t request;
};

/* All under the lock. */
uint32_t ls_stack_of(const struct ls_trace *trace);
bool ls_slot_take(void *address, size_t bytes, uint32_t stack, uint64_t request, int domain);
size_t ls_slot_drop(void *address);
void ls_count_no_python(void);
void ls_count_stack_cut(void);

/* Index of a code, -1 where it is new. Identity and check together name it: an address alone is used again for another function. */
int64_t ls_code_find(uint64_t identity, uint64_t check);
int64_t ls_code_add(uint64_t identity, uint64_t check, int64_t file, int64_t name, int64_t lines, int32_t first_line, uint32_t kind);
/* The same for what was used lately, by anything that tells it from another of the same identity; -1 where it was not. */
int64_t ls_code_recent(uint64_t identity, uint64_t mark);
void ls_code_used(uint64_t identity, uint64_t mark, int64_t number);
/* Room for so many bytes of text; -1 where there is none. The offset goes into ls_code_add. */
int64_t ls_text_add(const void *bytes, size_t length);
int64_t ls_text_add_wide(const void *characters, size_t length, int width);

/* --- python.c ----------------------------------------------------------------------------------------------------- */

/* Finds the interpreter in this process. False: there is none, or (state tells why) none that we know. */
bool ls_python_find(uint32_t *state);
uint32_t ls_python_version(void);
/* Whether it runs. Before it does, its allocators can still change. */
bool ls_python_is_running(void);
/* Hooks the allocators of objects where that is to be done. With the GIL held, or before the interpreter starts. LS_RUNNING, or why not. */
uint32_t ls_python_hook(void);
void ls_python_unhook(void);
/* Whether the interpreter has begun to free everything because it shuts down. */
bool ls_python_is_ending(void);
/* The calling thread's frames, innermost first; false where it has none. Calls nothing of the interpreter that
 * could allocate or run code. */
bool ls_python_trace(struct ls_trace *trace);
/* The thread state that holds the GIL, in whose thread this is to be called; NULL for none. */
void *ls_python_thread(void);

/* --- request.c ---------------------------------------------------------------------------------------------------- */

/* A ContextVar whose value is the number of the request in progress. Kept for ever. With the GIL held. False: this
 * interpreter's contexts are not as we know them, and requests stay unknown. */
bool ls_request_variable(void *variable, const void *thread);
/* The number in the context of a thread that runs Python, 0 for none. Reads memory, calls nothing that could allocate. */
uint64_t ls_request_of(const void *thread);

/* --- native.c ----------------------------------------------------------------------------------------------------- */

/* Finds the C library's functions, whatever stands before them. Before anything is changed. */
void ls_native_find(void);
/* Puts ours into the procedure linkage of everything that is loaded, and later of what is loaded then. False: the interpreter's memory
 * does not pass there, and nothing is changed. */
bool ls_native_hook(void);
void ls_native_unhook(void);
void ls_native_after_fork(void);
void ls_native_trace(struct ls_trace *trace);

#endif
