/* The interpreter: its allocators and its frames. No header of Python's is needed, so one library serves every version; what the headers
 * would say of the versions stands in `layouts` (scripts/layout/probe prints it).
 *
 * The interpreter's own functions for frames make frame objects, which allocates and starts collections. So frames are read as memory. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"

LS_OLD(dlsym);

/* PyMemAllocatorEx (Include/cpython/pymem.h). */
struct allocator {
    void *context;
    void *(*malloc)(void *context, size_t size);
    void *(*calloc)(void *context, size_t count, size_t size);
    void *(*realloc)(void *context, void *block, size_t size);
    void (*free)(void *context, void *block);
};

enum { MEM = 1, OBJECT = 2 };

/* pymalloc serves requests up to this size (SMALL_REQUEST_THRESHOLD, Objects/obmalloc.c) and asks PyMem_RawMalloc for larger ones. */
enum { LARGEST_SMALL = 512 };

/* FRAME_OWNED_BY_CSTACK of 3.12; later versions' entries have no code. */
enum { OWNED_BY_INTERPRETER = 3 };

enum { IN_BYTES = 0, IN_UNITS = 1, AS_POINTER = 2 };

/* Offsets in bytes. How far a frame has come is a number or a pointer to an instruction. */
static const struct layout {
    uint32_t version;         /* PY_VERSION_HEX >> 16 */
    int16_t thread_frames;    /* PyThreadState.cframe, or the innermost frame itself where cframe_frame is -1 */
    int16_t cframe_frame;
    int16_t frame_code, frame_previous, frame_instruction;
    int16_t instruction_is;
    int16_t frame_owner;      /* 3.12: the interpreter's own entries look like functions, -1 elsewhere */
    int16_t code_first_line, code_file, code_name, code_lines, code_instructions;
    int16_t text_ascii, text_data;
} layouts[] = {
    {0x308, 24, -1, 32, 24, 104, IN_BYTES, -1, 40, 104, 112, 120, 0, 48, 72},
    {0x309, 24, -1, 32, 24, 104, IN_BYTES, -1, 40, 104, 112, 120, 0, 48, 72},
    {0x30a, 24, -1, 32, 24, 96, IN_UNITS, -1, 40, 104, 112, 120, 0, 48, 72},
    {0x30b, 56, 8, 32, 48, 56, AS_POINTER, -1, 72, 112, 128, 136, 184, 48, 72},
    {0x30c, 56, 0, 0, 8, 56, AS_POINTER, 70, 68, 112, 128, 136, 192, 40, 56},
    {0x30d, 72, -1, 0, 8, 56, AS_POINTER, -1, 68, 112, 128, 136, 200, 40, 56},
    {0x30e, 72, -1, 0, 8, 56, AS_POINTER, -1, 68, 112, 128, 136, 208, 40, 56},
    {0x30f, 72, -1, 0, 8, 56, AS_POINTER, -1, 68, 112, 128, 136, 208, 40, 56},
};

enum { TYPE = 8, THREAD_INTERPRETER = 16, TEXT_LENGTH = 16, TEXT_STATE = 32, BYTES_LENGTH = 16, BYTES_DATA = 32 };

/* _PyStackRef (3.14 and later) keeps notes in the lowest bits. */
static const uintptr_t POINTER = ~(uintptr_t)3;

/* For ls_python_trace, beside -1. */
enum { NO_FUNCTION = -2 };

/* More frames than any recursion limit allows are a torn list. */
enum { MOST_FRAMES = 4096 };

static struct {
    const struct layout *layout;
    uint32_t hex;
    bool settled;             /* the interpreter has chosen its allocators, and we have seen which */
    int (*is_initialized)(void);
    int (*is_finalizing)(void);
    const char *(*allocators)(void);
    void *(*thread_of_state)(void);
    void *(*thread_running)(void);
    void *(*main_interpreter)(void);
    void (*get_allocator)(int domain, struct allocator *allocator);
    void (*set_allocator)(int domain, struct allocator *allocator);
    void *code_type;
    struct allocator original[3];
} python;

static void *word(const void *object, int offset) {
    void *value;
    memcpy(&value, (const char *)object + offset, sizeof value);
    return value;
}

static int32_t int32(const void *object, int offset) {
    int32_t value;
    memcpy(&value, (const char *)object + offset, sizeof value);
    return value;
}

/* --- allocators --------------------------------------------------------------------------------------------------- */

/* One byte more than pymalloc serves: then the block comes from the C library, its free passes through native.c, and the free path of all
 * other objects stays as it is. pymalloc itself moves a block that becomes so large. */
enum { FORWARDED = LARGEST_SMALL + 1 };

enum { MALLOC, CALLOC, REALLOC };

LS_COLD static void *sampled(const struct allocator *original, int how, void *block, size_t size) {
    bool drawn = ls_draw(size);
    size_t wanted = drawn ? FORWARDED : size;
    uint64_t left = ls_self.left;
    ls_self.forwarded = drawn;
    void *made = how == MALLOC ? original->malloc(original->context, wanted)
        : how == CALLOC ? original->calloc(original->context, 1, wanted)
        : original->realloc(original->context, block, wanted);
    ls_self.forwarded = false;
    if (drawn) {
        /* What the C library was asked for is not counted once more. */
        ls_self.left = left;
        ls_allocated(made, size == 0 ? 1 : size, LS_OBJECT);
    }
    return made;
}

/* Larger ones are counted when pymalloc asks the C library for them. */
#define COUNTED(size) ((size) <= LARGEST_SMALL && LS_TAKE(size))

#define HOOKS(name, domain)                                                                                                        \
    static void *name##_malloc(void *context, size_t size) {                                                                       \
        if (COUNTED(size))                                                                                                         \
            return sampled(&python.original[domain], MALLOC, NULL, size);                                                          \
        return python.original[domain].malloc(context, size);                                                                      \
    }                                                                                                                              \
    static void *name##_calloc(void *context, size_t count, size_t size) {                                                         \
        if (count <= LARGEST_SMALL && size <= LARGEST_SMALL && COUNTED(count * size))                                              \
            return sampled(&python.original[domain], CALLOC, NULL, count * size);                                                  \
        return python.original[domain].calloc(context, count, size);                                                               \
    }                                                                                                                              \
    static void *name##_realloc(void *context, void *block, size_t size) {                                                         \
        if (COUNTED(size))                                                                                                         \
            return sampled(&python.original[domain], REALLOC, block, size);                                                        \
        return python.original[domain].realloc(context, block, size);                                                              \
    }

HOOKS(mem, MEM)
HOOKS(object, OBJECT)

static void put_hooks(void) {
    python.get_allocator(MEM, &python.original[MEM]);
    python.get_allocator(OBJECT, &python.original[OBJECT]);
    struct allocator mem = {python.original[MEM].context, mem_malloc, mem_calloc, mem_realloc, python.original[MEM].free};
    struct allocator object = {python.original[OBJECT].context, object_malloc, object_calloc, object_realloc, python.original[OBJECT].free};
    python.set_allocator(MEM, &mem);
    python.set_allocator(OBJECT, &object);
}

/* Once the interpreter runs. What it was told (PYTHONMALLOC, -X dev) has replaced hooks that were there before. */
static uint32_t settle(void) {
    python.settled = true;
    const char *name = python.allocators();
    if (name == NULL) {
        /* Something stands before the interpreter's own: we, or somebody such as tracemalloc before us. */
        if (python.original[OBJECT].malloc == NULL)
            put_hooks();
        return LS_RUNNING;
    }
    if (strcmp(name, "pymalloc") == 0) {
        put_hooks();
        return LS_RUNNING;
    }
    if (strcmp(name, "malloc") == 0 || strcmp(name, "malloc_debug") == 0)
        /* Every object is a block of the C library's. */
        return LS_RUNNING;
    return strstr(name, "debug") != NULL ? LS_DEBUG_ALLOCATOR : LS_OTHER_ALLOCATOR;
}

uint32_t ls_python_hook(void) {
    python.settled = false;
    memset(python.original, 0, sizeof python.original);
    if (ls_python_is_running())
        return settle();
    /* Where something is asked for, it comes when the interpreter starts, and then we look again. */
    const char *asked = getenv("PYTHONMALLOC");
    if (asked == NULL || asked[0] == 0)
        put_hooks();
    return LS_RUNNING;
}

void ls_python_unhook(void) {
    struct allocator now;
    /* Somebody may have put a hook of his own before ours, which would be lost. */
    python.get_allocator(MEM, &now);
    if (now.malloc == mem_malloc)
        python.set_allocator(MEM, &python.original[MEM]);
    python.get_allocator(OBJECT, &now);
    if (now.malloc == object_malloc)
        python.set_allocator(OBJECT, &python.original[OBJECT]);
}

/* --- finding ------------------------------------------------------------------------------------------------------ */

static void *symbol(const char *name) { return dlsym(RTLD_DEFAULT, name); }

static uint32_t version_of(void) {
    const unsigned long *hex = symbol("Py_Version");
    if (hex != NULL)
        return (uint32_t)*hex;
    /* To 3.10 a text tells: "3.9.2 (default, ...". */
    const char *(*text)(void) = (const char *(*)(void))symbol("Py_GetVersion");
    if (text == NULL)
        return 0;
    uint32_t parts[3] = {0}, part = 0;
    for (const char *at = text(); part < 3 && (*at == '.' || (*at >= '0' && *at <= '9')); at++) {
        if (*at == '.')
            part++;
        else
            parts[part] = parts[part] * 10 + (uint32_t)(*at - '0');
    }
    return parts[0] << 24 | parts[1] << 16 | parts[2] << 8 | 0xF0;
}

bool ls_python_find(uint32_t *state) {
    *state = LS_RUNNING;
    python.get_allocator = (void (*)(int, struct allocator *))symbol("PyMem_GetAllocator");
    python.set_allocator = (void (*)(int, struct allocator *))symbol("PyMem_SetAllocator");
    python.thread_of_state = (void *(*)(void))symbol("PyGILState_GetThisThreadState");
    python.thread_running = (void *(*)(void))symbol("PyThreadState_GetUnchecked");
    if (python.thread_running == NULL)
        python.thread_running = (void *(*)(void))symbol("_PyThreadState_UncheckedGet");
    python.main_interpreter = (void *(*)(void))symbol("PyInterpreterState_Main");
    python.code_type = symbol("PyCode_Type");
    python.is_initialized = (int (*)(void))symbol("Py_IsInitialized");
    python.is_finalizing = (int (*)(void))symbol("_Py_IsFinalizing");
    if (python.is_finalizing == NULL)
        python.is_finalizing = (int (*)(void))symbol("Py_IsFinalizing");
    python.allocators = (const char *(*)(void))symbol("_PyMem_GetCurrentAllocatorName");
    if (python.set_allocator == NULL)
        return false;
    *state = LS_UNKNOWN_PYTHON;
    python.hex = version_of();
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        if (layouts[i].version == python.hex >> 16)
            python.layout = &layouts[i];
    }
    if (python.layout == NULL || !python.get_allocator || !python.thread_of_state || !python.thread_running || !python.main_interpreter
        || !python.code_type || !python.is_initialized || !python.is_finalizing || !python.allocators)
        return false;
    /* Other layouts. */
    if (symbol("_Py_MergeZeroLocalRefcount") != NULL)
        *state = LS_FREE_THREADED;
    else if (symbol("_Py_RefTotal") != NULL || symbol("_Py_NegativeRefcount") != NULL)
        *state = LS_DEBUG_BUILD;
    else
        *state = LS_RUNNING;
    return *state == LS_RUNNING;
}

bool ls_python_is_running(void) { return python.is_initialized() != 0; }

uint32_t ls_python_version(void) { return python.hex; }

bool ls_python_is_ending(void) { return python.is_finalizing != NULL && python.is_finalizing() != 0; }

void *ls_python_thread(void) { return python.thread_running(); }

/* --- frames ------------------------------------------------------------------------------------------------------- */

static int64_t text_of(const void *object) {
    if (object == NULL)
        return ls_text_add("?", 1);
    uint32_t state = (uint32_t)int32(object, TEXT_STATE);
    uint32_t width = state >> 2 & 7, compact = state >> 5 & 1, ascii = state >> 6 & 1;
    size_t length = (size_t)word(object, TEXT_LENGTH);
    if (!compact || (width != 1 && width != 2 && width != 4) || length > LS_TEXT)
        return ls_text_add("?", 1);
    const char *data = (const char *)object + (ascii ? python.layout->text_ascii : python.layout->text_data);
    return ascii ? ls_text_add(data, length) : ls_text_add_wide(data, length, (int)width);
}

/* What tells a code from another one that had its address before: its file, its name and its line table, which lie beside each other. */
static uint64_t mark_of(const void *code) {
    const struct layout *layout = python.layout;
    return (uint64_t)(uintptr_t)word(code, layout->code_file) * 17 ^ (uint64_t)(uintptr_t)word(code, layout->code_name) * 31
        ^ (uint64_t)(uintptr_t)word(code, layout->code_lines);
}

static int64_t code_of(const void *code) {
    const struct layout *layout = python.layout;
    uint64_t identity = (uint64_t)(uintptr_t)code, mark = mark_of(code);
    int64_t number = ls_code_recent(identity, mark);
    if (number >= 0)
        return number;
    const void *file = word(code, layout->code_file), *name = word(code, layout->code_name), *lines = word(code, layout->code_lines);
    int32_t first_line = int32(code, layout->code_first_line);
    if (file == name)
        /* The interpreter's own few instructions around __init__ (_Py_InitCleanup), in no file. */
        return NO_FUNCTION;
    uint64_t check = mark ^ (uint64_t)(uint32_t)first_line << 40;
    number = ls_code_find(identity, check);
    if (number < 0) {
        size_t size = lines == NULL ? 0 : (size_t)word(lines, BYTES_LENGTH);
        if (size > LS_TEXT)
            return -1;
        number = ls_code_add(identity, check, text_of(file), text_of(name), ls_text_add((const char *)lines + BYTES_DATA, size), first_line, LS_PYTHON_CODE);
    }
    if (number >= 0)
        ls_code_used(identity, mark, number);
    return number;
}

static int32_t instruction_of(const void *frame, const void *code) {
    const struct layout *layout = python.layout;
    switch (layout->instruction_is) {
    case IN_BYTES:
        return int32(frame, layout->frame_instruction);
    case IN_UNITS:
        return int32(frame, layout->frame_instruction) * 2;
    default: {
        const char *at = word(frame, layout->frame_instruction);
        ptrdiff_t offset = at - ((const char *)code + layout->code_instructions);
        return offset > INT32_MAX || offset < INT32_MIN ? -1 : (int32_t)offset;
    }
    }
}

/* The calling thread's state, also where it has let go of the GIL to do something in C: nobody else changes its frames, which hold all that
 * is read here. Only an interpreter that ends frees the states of threads that it does not wait for, a while after it has said so. */
static void *thread_of_caller(void) {
    void *own = python.thread_of_state(), *running = python.thread_running();
    if (own == running)
        return own;
    /* Since 3.12 what runs is told by thread: it is another interpreter's then. Before, it may be another thread. */
    bool another = running != NULL && python.hex >= 0x030c0000;
    return own == NULL || another || python.is_finalizing() ? NULL : own;
}

bool ls_python_trace(struct ls_trace *trace) {
    const struct layout *layout = python.layout;
    void *thread = thread_of_caller();
    if (thread == NULL || word(thread, THREAD_INTERPRETER) != python.main_interpreter())
        return false;
    if (LS_RARE(!python.settled) && thread == python.thread_running()) {
        uint32_t state = settle();
        if (state != LS_RUNNING)
            ls_tables_state(state);
    }
    const void *frame = word(thread, layout->thread_frames);
    if (layout->cframe_frame >= 0 && frame != NULL)
        frame = word(frame, layout->cframe_frame);
    for (uint32_t seen = 0; frame != NULL && seen < MOST_FRAMES; seen++, frame = word(frame, layout->frame_previous)) {
        const void *code = (const void *)((uintptr_t)word(frame, layout->frame_code) & POINTER);
        if (code == NULL || word(code, TYPE) != python.code_type
            || (layout->frame_owner >= 0 && ((const char *)frame)[layout->frame_owner] == OWNED_BY_INTERPRETER))
            /* The interpreter's own entry, not a function. */
            continue;
        if (trace->depth == LS_DEEPEST) {
            trace->cut = true;
            break;
        }
        int64_t number = code_of(code);
        if (number == NO_FUNCTION)
            continue;
        if (number < 0) {
            /* A table is full. */
            ls_count_stack_cut();
            trace->cut = true;
            break;
        }
        trace->frames[trace->depth++] = (struct ls_frame){(uint32_t)number, instruction_of(frame, code)};
    }
    trace->request = ls_request_of(thread);
    return true;
}
