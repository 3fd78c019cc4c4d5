/* The shared file, and the private indexes that find things in it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

enum {
    SLOT_INDEX = LS_SLOTS * 2,
    STACK_INDEX = LS_STACKS * 2,
    CODE_INDEX = LS_CODES * 2,
    RECENT = 1 << 9,
};

#define ALIGNED(size) (((size) + 4095) & ~(size_t)4095)
#define HEADER_SIZE ALIGNED(sizeof(struct ls_header))
#define SLOTS_SIZE ALIGNED(LS_SLOTS * sizeof(struct ls_slot))
#define EVENTS_SIZE ALIGNED(LS_EVENTS * sizeof(struct ls_event))
#define STACKS_SIZE ALIGNED(LS_STACKS * sizeof(struct ls_stack))
#define FRAMES_SIZE ALIGNED(LS_FRAMES * sizeof(struct ls_frame))
#define CODES_SIZE ALIGNED(LS_CODES * sizeof(struct ls_code))
#define FILE_SIZE (HEADER_SIZE + SLOTS_SIZE + EVENTS_SIZE + STACKS_SIZE + FRAMES_SIZE + CODES_SIZE + LS_TEXT)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static struct {
    char folder[PATH_MAX];
    char path[PATH_MAX];
    uint64_t mean;            /* what was asked for; ls_mean() is 0 while there is no file */
    uint32_t python;
    bool native;
    bool pending;             /* a file is to be made at the next sample */

    struct ls_header *header;
    struct ls_slot *slots;
    struct ls_event *events;
    struct ls_stack *stacks;
    struct ls_frame *frames;
    struct ls_code *codes;
    char *text;

    uint32_t *mine;           /* 1; reads as 0 in a copy of this process that does not know that it is one */
    uint32_t free_slot;       /* number + 1 of the first free slot that was used before; the next stands in its `stack` */
    uint32_t slots_used;
    uint64_t stacks_used, frames_used, codes_used, text_used;   /* ours: what stands in the file is not believed */
    uint32_t slot_at[SLOT_INDEX];     /* by address: number + 1 of the slot, 0 for none */
    uint32_t stack_at[STACK_INDEX];   /* by contents */
    uint32_t code_at[CODE_INDEX];     /* by identity and check */
    struct { uint64_t identity, mark; uint32_t number; } recent[RECENT];   /* codes that stacks had lately: one line of cache, not three */
    uint32_t stack_hash[LS_STACKS];
    uint64_t code_check[LS_CODES];
} tables;

static _Atomic uint64_t mean_now;

uint64_t ls_mean(void) { return atomic_load_explicit(&mean_now, memory_order_relaxed); }

void ls_lock(void) {
    if (!ls_self.forking)
        pthread_mutex_lock(&mutex);
}

void ls_unlock(void) {
    if (!ls_self.forking)
        pthread_mutex_unlock(&mutex);
}

void ls_before_fork(void) {
    pthread_mutex_lock(&mutex);
    ls_self.forking = true;
}

static void forget(void);

void ls_after_fork(bool child) {
    if (child)
        forget();
    ls_self.forking = false;
    pthread_mutex_unlock(&mutex);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint64_t mixed(uint64_t value) {
    /* The finaliser of MurmurHash3. */
    value ^= value >> 33;
    value *= 0xff51afd7ed558ccdULL;
    value ^= value >> 33;
    value *= 0xc4ceb9fe1a85ec53ULL;
    return value ^ value >> 33;
}

/* Reserved as a whole, so that a full disk is an error here and not a SIGBUS at some allocation. */
static int create_file(const char *path, size_t size) {
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return -1;
    int error = posix_fallocate(file, 0, (off_t)size);
    if (error != 0) {
        unlink(path);
        close(file);
        errno = error;
        return -1;
    }
    return file;
}

/* For whoever looks into the folder: a name alone finds room where contents do not. */
static void leave_reason(int error) {
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%d-%d.failed", tables.folder, (int)getpid(), error);
    if (length < 0 || (size_t)length >= sizeof path)
        return;
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file >= 0)
        close(file);
}

/* A mapped file with a header that has all but its magic; NULL with errno. */
static char *map_file(size_t size, uint64_t mean) {
    /* A process that becomes another program (exec) keeps its number. */
    uint64_t started = now();
    int length = snprintf(tables.path, sizeof tables.path, "%s/%d-%llx.agent", tables.folder, (int)getpid(), (unsigned long long)started);
    if (length < 0 || (size_t)length >= sizeof tables.path) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    int file = create_file(tables.path, size);
    if (file < 0)
        return NULL;
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    int error = errno;
    close(file);
    if (memory == MAP_FAILED) {
        unlink(tables.path);
        errno = error;
        return NULL;
    }

    struct ls_header *header = (struct ls_header *)memory;
    uint64_t at = HEADER_SIZE;
    header->slots = at, at += SLOTS_SIZE;
    header->events = at, at += EVENTS_SIZE;
    header->stacks = at, at += STACKS_SIZE;
    header->frames = at, at += FRAMES_SIZE;
    header->codes = at, at += CODES_SIZE;
    header->text = at;
    header->slot_count = LS_SLOTS;
    header->event_count = LS_EVENTS;
    header->stack_count = LS_STACKS;
    header->frame_count = LS_FRAMES;
    header->code_count = LS_CODES;
    header->text_size = LS_TEXT;
    header->version = LS_VERSION;
    header->header_size = sizeof *header;
    header->pid = (uint32_t)getpid();
    header->started_ns = started;
    header->mean_bytes = mean;
    header->python = tables.python;
    header->native = tables.native;
    return memory;
}

static void finish_header(struct ls_header *header) {
    uint64_t magic;
    memcpy(&magic, LS_MAGIC, sizeof magic);
    __atomic_store_n((uint64_t *)(void *)header->magic, magic, __ATOMIC_RELEASE);
}

static void mark_as_ours(void) {
    static uint32_t always;
    if (tables.mine == NULL) {
        void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        /* Linux 4.14. */
        bool wiped = page != MAP_FAILED && madvise(page, 4096, MADV_WIPEONFORK) == 0;
        if (page != MAP_FAILED && !wiped)
            munmap(page, 4096);
        tables.mine = wiped ? page : &always;
    }
    *tables.mine = 1;
}

static int make_file(void) {
    char *memory = map_file(FILE_SIZE, tables.mean);
    if (memory == NULL) {
        int error = errno;
        leave_reason(error);
        return error;
    }
    struct ls_header *header = (struct ls_header *)memory;
    tables.slots = (struct ls_slot *)(memory + header->slots);
    tables.events = (struct ls_event *)(memory + header->events);
    tables.stacks = (struct ls_stack *)(memory + header->stacks);
    tables.frames = (struct ls_frame *)(memory + header->frames);
    tables.codes = (struct ls_code *)(memory + header->codes);
    tables.text = memory + header->text;
    tables.free_slot = tables.slots_used = 0;
    tables.frames_used = tables.codes_used = tables.text_used = 0;
    tables.stacks_used = header->stacks_used = 1;  /* LS_NO_STACK */
    memset(tables.slot_at, 0, sizeof tables.slot_at);
    memset(tables.stack_at, 0, sizeof tables.stack_at);
    memset(tables.code_at, 0, sizeof tables.code_at);
    memset(tables.recent, 0, sizeof tables.recent);
    mark_as_ours();
    tables.header = header;
    finish_header(header);
    return 0;
}

/* Nothing is sampled that could be freed. */
static void clear_filter(void) {
    /* Gives the pages back, untouched ones cost nothing. */
    if (madvise((void *)ls_filter, sizeof ls_filter, MADV_DONTNEED) != 0)
        memset((void *)ls_filter, 0, sizeof ls_filter);
}

static bool set_folder(const char *folder, uint32_t python) {
    if (strlen(folder) >= sizeof tables.folder)
        return false;
    strcpy(tables.folder, folder);
    tables.python = python;
    return true;
}

int ls_tables_open(const char *folder, uint64_t mean_bytes, uint32_t python, bool native) {
    if (!set_folder(folder, python))
        return ENAMETOOLONG;
    tables.mean = mean_bytes;
    tables.native = native;
    int error = make_file();
    if (error == 0)
        atomic_store(&mean_now, mean_bytes);
    return error;
}

void ls_tables_refuse(const char *folder, uint32_t python, uint32_t state) {
    if (!set_folder(folder, python))
        return;
    char *memory = map_file(HEADER_SIZE, 1);
    if (memory == NULL)
        return;
    struct ls_header *header = (struct ls_header *)memory;
    header->state = state;
    finish_header(header);
    munmap(memory, HEADER_SIZE);
}

/* A child that was made by clone(2) itself runs no handlers, and must keep away from its parent's file. (One of vfork(2) runs in its
 * parent's memory, and what it allocates is there.) */
static bool is_ours(void) { return tables.header != NULL && *tables.mine == 1; }

bool ls_tables_ready(void) {
    if (LS_RARE(tables.pending)) {
        tables.pending = false;
        if (make_file() != 0)
            atomic_store(&mean_now, 0);
    }
    return is_ours();
}

static void unmap(void) {
    if (tables.header == NULL)
        return;
    munmap(tables.header, FILE_SIZE);
    tables.header = NULL;
    clear_filter();
}

/* In the child of a fork: the file is the parent's. A child that ends or becomes another program before its first sample makes none. */
static void forget(void) {
    if (tables.header == NULL)
        return;
    unmap();
    tables.pending = ls_mean() != 0;
}

void ls_tables_state(uint32_t state) {
    /* Why it ended before is not forgotten at the end of the process. */
    if (is_ours() && tables.header->state == LS_RUNNING)
        __atomic_store_n(&tables.header->state, state, __ATOMIC_RELEASE);
    if (state != LS_RUNNING)
        atomic_store(&mean_now, 0);
}

void ls_tables_close(uint32_t state) {
    ls_tables_state(state);
    tables.pending = false;
    unmap();
}

void ls_count_stack_cut(void) { tables.header->stacks_full++; }

void ls_count_no_python(void) { tables.header->no_python++; }

/* --- texts and codes ---------------------------------------------------------------------------------------------- */

static char *text_room(size_t length, int64_t *offset) {
    uint64_t at = tables.text_used, size = (sizeof(uint32_t) + length + 3) & ~(size_t)3;
    if (length > LS_TEXT || at + size > LS_TEXT)
        return NULL;
    uint32_t prefix = (uint32_t)length;
    memcpy(tables.text + at, &prefix, sizeof prefix);
    *offset = (int64_t)at;
    tables.header->text_used = tables.text_used = at + size;
    return tables.text + at + sizeof prefix;
}

int64_t ls_text_add(const void *bytes, size_t length) {
    int64_t offset;
    char *room = text_room(length, &offset);
    if (room == NULL)
        return -1;
    memcpy(room, bytes, length);
    return offset;
}

static uint32_t character(const void *characters, size_t index, int width) {
    return width == 1 ? ((const uint8_t *)characters)[index] : width == 2 ? ((const uint16_t *)characters)[index] : ((const uint32_t *)characters)[index];
}

static size_t utf8(uint32_t character, char *to) {
    char bytes[4];
    size_t length;
    if (character >= 0xD800 && character < 0xE000)
        /* Half a pair, as file names that are not UTF-8 have. */
        character = '?';
    if (character < 0x80) {
        bytes[0] = (char)character;
        length = 1;
    } else if (character < 0x800) {
        bytes[0] = (char)(0xC0 | character >> 6);
        bytes[1] = (char)(0x80 | (character & 0x3F));
        length = 2;
    } else if (character < 0x10000) {
        bytes[0] = (char)(0xE0 | character >> 12);
        bytes[1] = (char)(0x80 | (character >> 6 & 0x3F));
        bytes[2] = (char)(0x80 | (character & 0x3F));
        length = 3;
    } else {
        bytes[0] = (char)(0xF0 | (character >> 18 & 7));
        bytes[1] = (char)(0x80 | (character >> 12 & 0x3F));
        bytes[2] = (char)(0x80 | (character >> 6 & 0x3F));
        bytes[3] = (char)(0x80 | (character & 0x3F));
        length = 4;
    }
    if (to != NULL)
        memcpy(to, bytes, length);
    return length;
}

int64_t ls_text_add_wide(const void *characters, size_t length, int width) {
    size_t bytes = 0;
    for (size_t i = 0; i < length; i++)
        bytes += utf8(character(characters, i, width), NULL);
    int64_t offset;
    char *room = text_room(bytes, &offset);
    if (room == NULL)
        return -1;
    for (size_t i = 0; i < length; i++)
        room += utf8(character(characters, i, width), room);
    return offset;
}

int64_t ls_code_recent(uint64_t identity, uint64_t mark) {
    size_t at = (identity >> 4) % RECENT;
    return tables.recent[at].identity == identity && tables.recent[at].mark == mark ? (int64_t)tables.recent[at].number : -1;
}

void ls_code_used(uint64_t identity, uint64_t mark, int64_t number) {
    size_t at = (identity >> 4) % RECENT;
    tables.recent[at].identity = identity;
    tables.recent[at].mark = mark;
    tables.recent[at].number = (uint32_t)number;
}

static size_t code_place(uint64_t identity, uint64_t check) {
    size_t at = mixed(identity ^ mixed(check)) % CODE_INDEX;
    while (tables.code_at[at] != 0) {
        uint32_t code = tables.code_at[at] - 1;
        if (tables.codes[code].identity == identity && tables.code_check[code] == check)
            break;
        at = (at + 1) % CODE_INDEX;
    }
    return at;
}

int64_t ls_code_find(uint64_t identity, uint64_t check) { return (int64_t)tables.code_at[code_place(identity, check)] - 1; }

int64_t ls_code_add(uint64_t identity, uint64_t check, int64_t file, int64_t name, int64_t lines, int32_t first_line, uint32_t kind) {
    uint64_t number = tables.codes_used;
    if (number == LS_CODES || file < 0 || name < 0 || lines < 0)
        return -1;
    tables.codes[number] = (struct ls_code){identity, (uint32_t)file, (uint32_t)name, (uint32_t)lines, first_line, kind, 0};
    tables.code_check[number] = check;
    tables.code_at[code_place(identity, check)] = (uint32_t)number + 1;
    tables.codes_used = number + 1;
    __atomic_store_n(&tables.header->codes_used, number + 1, __ATOMIC_RELEASE);
    return (int64_t)number;
}

/* --- stacks ------------------------------------------------------------------------------------------------------- */

uint32_t ls_stack_of(const struct ls_trace *trace) {
    if (trace->depth == 0)
        return LS_NO_STACK;
    size_t size = trace->depth * sizeof trace->frames[0];
    uint64_t hash = trace->depth;
    for (uint32_t i = 0; i < trace->depth; i++)
        hash = mixed(hash ^ ((uint64_t)trace->frames[i].code << 32 | (uint32_t)trace->frames[i].instruction));
    size_t at = hash % STACK_INDEX;
    for (; tables.stack_at[at] != 0; at = (at + 1) % STACK_INDEX) {
        uint32_t number = tables.stack_at[at] - 1;
        const struct ls_stack *stack = &tables.stacks[number];
        uint32_t first = stack->first;
        if (tables.stack_hash[number] == (uint32_t)hash && stack->depth == trace->depth && first <= LS_FRAMES - trace->depth
            && memcmp(&tables.frames[first], trace->frames, size) == 0)
            return number;
    }
    struct ls_header *header = tables.header;
    uint64_t number = tables.stacks_used, first = tables.frames_used;
    if (number == LS_STACKS || first + trace->depth > LS_FRAMES) {
        header->stacks_full++;
        return LS_NO_STACK;
    }
    memcpy(&tables.frames[first], trace->frames, size);
    header->frames_used = tables.frames_used = first + trace->depth;
    tables.stacks[number] = (struct ls_stack){(uint32_t)first, (uint16_t)trace->depth, trace->cut};
    tables.stack_hash[number] = (uint32_t)hash;
    tables.stack_at[at] = (uint32_t)number + 1;
    tables.stacks_used = number + 1;
    __atomic_store_n(&header->stacks_used, number + 1, __ATOMIC_RELEASE);
    return (uint32_t)number;
}

/* --- slots and events --------------------------------------------------------------------------------------------- */

static void tell(int kind, const struct ls_slot *slot, uint64_t time, int domain) {
    struct ls_header *header = tables.header;
    uint64_t number = header->event_next;
    if (number - __atomic_load_n(&header->event_read, __ATOMIC_ACQUIRE) >= LS_EVENTS) {
        header->events_lost++;
        return;
    }
    struct ls_event *event = &tables.events[number % LS_EVENTS];
    /* What follows stays behind it: an exchange and no fence, which the thread sanitizer does not know. */
    __atomic_exchange_n(&event->number, 0, __ATOMIC_ACQ_REL);
    event->time_ns = time;
    event->address = slot->address;
    event->bytes = slot->bytes;
    event->request = slot->request;
    event->stack = slot->stack;
    event->kind = (uint16_t)kind;
    event->domain = (uint16_t)domain;
    event->thread = slot->thread;
    event->ending = ls_python_is_ending();
    __atomic_store_n(&event->number, number + 1, __ATOMIC_RELEASE);
    __atomic_store_n(&header->event_next, number + 1, __ATOMIC_RELEASE);
}

static size_t slot_place(uint64_t address) {
    size_t at = mixed(address) % SLOT_INDEX;
    while (tables.slot_at[at] != 0 && tables.slots[tables.slot_at[at] - 1].address != address)
        at = (at + 1) % SLOT_INDEX;
    return at;
}

bool ls_slot_take(void *block, size_t bytes, uint32_t stack, uint64_t request, int domain) {
    struct ls_header *header = tables.header;
    uint64_t address = (uint64_t)(uintptr_t)block;
    header->samples++;
    /* Freed where we were not asked, by a signal handler within the agent or by a library that is not hooked. */
    bool known = ls_slot_drop(block) != 0;
    uint32_t number;
    if (tables.free_slot != 0) {
        number = tables.free_slot - 1;
        tables.free_slot = tables.slots[number].stack <= LS_SLOTS ? tables.slots[number].stack : 0;
    } else if (tables.slots_used < LS_SLOTS) {
        number = tables.slots_used++;
    } else {
        header->slots_full++;
        return false;
    }
    struct ls_slot *slot = &tables.slots[number];
    slot->bytes = bytes;
    slot->time_ns = now();
    slot->request = request;
    slot->stack = stack;
    slot->thread = ls_self.id;
    __atomic_store_n(&slot->address, address, __ATOMIC_RELEASE);
    tables.slot_at[slot_place(address)] = number + 1;
    header->live_blocks++;
    tell(LS_ALLOCATED, slot, slot->time_ns, domain);
    return !known;
}

size_t ls_slot_drop(void *block) {
    if (!is_ours())
        return 0;
    size_t at = slot_place((uint64_t)(uintptr_t)block);
    if (tables.slot_at[at] == 0)
        return 0;
    uint32_t number = tables.slot_at[at] - 1;
    struct ls_slot *slot = &tables.slots[number];
    size_t bytes = slot->bytes == 0 ? 1 : slot->bytes;
    tell(LS_FREED, slot, now(), 0);
    /* Closes the gap, so that look-ups stop at the first empty place (Knuth, volume 3, 6.4, algorithm R). */
    for (size_t hole = at, next = (at + 1) % SLOT_INDEX;; next = (next + 1) % SLOT_INDEX) {
        uint32_t other = tables.slot_at[next];
        if (other == 0) {
            tables.slot_at[hole] = 0;
            break;
        }
        size_t home = mixed(tables.slots[other - 1].address) % SLOT_INDEX;
        if ((next - home) % SLOT_INDEX >= (next - hole) % SLOT_INDEX) {
            tables.slot_at[hole] = other;
            hole = next;
        }
    }
    __atomic_store_n(&slot->address, 0, __ATOMIC_RELEASE);
    slot->stack = tables.free_slot;
    tables.free_slot = number + 1;
    tables.header->live_blocks--;
    return bytes;
}
