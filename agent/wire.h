/* What the agent writes and an observer reads: one file per process, mapped by both. All numbers are little-endian.
 *
 * The file is a header and five tables at the offsets that the header tells. Tables of names only grow, and an entry never changes once
 * it is counted. A slot is one sampled block that is alive; its address is written last and cleared first. Events say what happened to
 * slots, in order; who reads too slowly loses events, never slots, and the header says how many.
 *
 * src/LeakySpanner.Target/Agent mirrors this file, and a test compares the two.
 */
#ifndef LEAKYSPANNER_WIRE_H
#define LEAKYSPANNER_WIRE_H

#include <stdint.h>

#define LS_MAGIC "LEAKYAG1"
#define LS_VERSION 2

enum {
    LS_SLOTS = 1 << 15,       /* sampled blocks alive at a time: 4 GB at 128 KiB */
    LS_EVENTS = 1 << 15,      /* a second of 4 GB/s at 128 KiB */
    LS_STACKS = 1 << 13,      /* different stacks */
    LS_FRAMES = 1 << 17,      /* frames of all stacks together */
    LS_CODES = 1 << 13,       /* different functions and modules */
    LS_TEXT = 1 << 20,        /* bytes of their names and line tables */
    LS_DEEPEST = 96,          /* frames kept of a stack, the innermost ones */
    LS_NO_STACK = 0,
};

/* Why the agent has stopped, or never began: then the file may end behind the header. */
enum {
    LS_RUNNING = 0,
    LS_UNKNOWN_PYTHON = 1,    /* a version whose frames we do not know */
    LS_DEBUG_ALLOCATOR = 2,   /* PYTHONMALLOC=debug, -X dev: it checks the size of every block */
    LS_ENDED = 3,             /* as asked, or with the process */
    LS_FREE_THREADED = 4,
    LS_DEBUG_BUILD = 5,
    LS_OTHER_ALLOCATOR = 6,   /* objects do not come from pymalloc, or the interpreter has a malloc of its own within */
};

struct ls_header {
    char magic[8];            /* written last */
    uint32_t version;
    uint32_t header_size;
    uint32_t pid;
    uint32_t state;
    uint64_t started_ns;      /* CLOCK_MONOTONIC */
    uint64_t mean_bytes;      /* between two samples */
    uint32_t python;          /* PY_VERSION_HEX */
    uint32_t native;          /* 1: malloc and its relatives are seen as well */
    uint64_t slots, events, stacks, frames, codes, text;   /* offsets in the file */
    uint32_t slot_count, event_count, stack_count, frame_count, code_count, text_size;   /* as above: what there is room for */

    /* Counted while running. */
    uint64_t samples;         /* blocks sampled so far */
    uint64_t slots_full;      /* samples that found no slot: live bytes are short of them */
    uint64_t stacks_full;     /* samples without a stack because a table was full */
    uint64_t no_python;       /* samples of threads that run no Python, or another interpreter than the first */
    uint64_t stacks_used, frames_used, codes_used, text_used;
    uint64_t event_next;      /* number of the next event; event n stands at n % event_count */
    uint64_t events_lost;
    uint64_t event_read;      /* written by the observer: it has read all events below */
    uint64_t live_blocks;
};

struct ls_slot {
    uint64_t address;         /* 0: free */
    uint64_t bytes;           /* as asked for */
    uint64_t time_ns;
    uint64_t request;         /* number of the request in progress, 0 for none */
    uint32_t stack;
    uint32_t thread;
};

enum { LS_ALLOCATED = 1, LS_FREED = 2 };

struct ls_event {
    uint64_t number;          /* n + 1, written last; 0 while being written */
    uint64_t time_ns;
    uint64_t address;
    uint64_t bytes;
    uint64_t request;
    uint32_t stack;
    uint16_t kind;
    uint16_t domain;          /* LS_OBJECT or LS_NATIVE */
    uint32_t thread;          /* that allocated it */
    uint32_t ending;          /* 1: the interpreter is shutting down, and frees what the program held to its end */
};

enum { LS_OBJECT = 0, LS_NATIVE = 1 };

struct ls_stack {
    uint32_t first;           /* index of the innermost frame */
    uint16_t depth;
    uint16_t cut;             /* 1: deeper frames were not kept */
};

struct ls_frame {
    uint32_t code;            /* index */
    int32_t instruction;      /* byte offset in the code's instructions; in a module of native code: 0 */
};

enum { LS_PYTHON_CODE = 0, LS_NATIVE_MODULE = 1 };

/* A function's code, or a module of native code. Texts are offsets into `text`: a uint32_t length, then bytes. */
struct ls_code {
    uint64_t identity;
    uint32_t file;            /* UTF-8 */
    uint32_t name;            /* UTF-8: the qualified name where the version has it */
    uint32_t lines;           /* the line table's bytes */
    int32_t first_line;
    uint32_t kind;
    uint32_t zero;
};

#endif
