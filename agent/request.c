/* Which request asks for memory: its number is the value of a context variable, which the interpreter hands on to tasks, callbacks and
 * asyncio.to_thread by itself.
 *
 * PyContextVar_Get must not be called from within an allocation. It keeps what it finds in the variable without a reference, so that within
 * PyContextVar_Reset it would keep what is about to be freed; and it compares keys by their types' functions, which may find that the
 * recursion is too deep. So the context is read as memory: a hash array mapped trie (Python/hamt.c), whose nodes never change. That we
 * read it right is tried out before it is believed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

LS_OLD(dlsym);

/* PyContext.ctx_vars, PyHamtObject.h_root, PyContextVar.var_hash: the same from 3.8 to 3.15. */
enum { TYPE = 8, TYPE_NAME = 24, CONTEXT_VARIABLES = 24, TRIE_ROOT = 16, VARIABLE_HASH = 56 };

/* PyHamtNode_Bitmap: a bit per child, and a key and a value for each (a key of NULL: the value is a node). PyHamtNode_Array: 32 nodes.
 * PyHamtNode_Collision: keys and values. */
enum { COUNT = 16, BITMAP = 24, BITMAP_ENTRIES = 32, ARRAY_NODES = 16, COLLISION_ENTRIES = 32 };

/* Five of 32 bits of the hash for each level, and one for collisions. */
enum { BITS = 5, DEEPEST = 8, MOST_COLLISIONS = 64 };

/* PyThreadState.context. */
static const struct { uint32_t version; int offset; } contexts[] = {
    {0x308, 240}, {0x309, 240}, {0x30a, 240}, {0x30b, 224}, {0x30c, 208}, {0x30d, 208}, {0x30e, 208}, {0x30f, 232},
};

static struct {
    const void *variable;
    uint32_t hash;
    int context;
    const void *number_type;
    unsigned long long (*number_of)(void *value);
} request;

static const void *word(const void *object, size_t offset) {
    const void *value;
    memcpy(&value, (const char *)object + offset, sizeof value);
    return value;
}

static char kind_of(const void *node) {
    const char *name = word(word(node, TYPE), TYPE_NAME);
    return name != NULL && strncmp(name, "hamt_", 5) == 0 ? name[5] : 0;
}

static const void *value_in(const void *node) {
    uint32_t hash = request.hash;
    for (int depth = 0; node != NULL && depth < DEEPEST; depth++, hash >>= BITS) {
        uint32_t place = hash & 31, bits;
        switch (kind_of(node)) {
        case 'b': {
            memcpy(&bits, (const char *)node + BITMAP, sizeof bits);
            if ((bits >> place & 1) == 0)
                return NULL;
            size_t entry = BITMAP_ENTRIES + 2 * sizeof(void *) * (size_t)__builtin_popcount(bits & ((1u << place) - 1));
            const void *key = word(node, entry), *value = word(node, entry + sizeof(void *));
            if (key != NULL)
                return key == request.variable ? value : NULL;
            node = value;
            break;
        }
        case 'a':
            node = word(node, ARRAY_NODES + sizeof(void *) * place);
            break;
        case 'c': {
            size_t count = (size_t)word(node, COUNT);
            for (size_t i = 0; i + 1 < count && i < MOST_COLLISIONS; i += 2) {
                if (word(node, COLLISION_ENTRIES + sizeof(void *) * i) == request.variable)
                    return word(node, COLLISION_ENTRIES + sizeof(void *) * (i + 1));
            }
            return NULL;
        }
        default:
            return NULL;
        }
    }
    return NULL;
}

uint64_t ls_request_of(const void *thread) {
    if (request.variable == NULL)
        return 0;
    const void *context = word(thread, (size_t)request.context), *trie = context == NULL ? NULL : word(context, CONTEXT_VARIABLES);
    const void *value = trie == NULL ? NULL : value_in(word(trie, TRIE_ROOT));
    /* Of an int itself: another type's function could be anybody's. */
    return value != NULL && word(value, TYPE) == request.number_type ? request.number_of((void *)value) : 0;
}

/* Whether what we take for a thread's context is one. The pointer may be anything: the kernel reads through it, and refuses where it leads
 * nowhere. */
static bool has_context(const void *thread, const void *context_type) {
    const void *type = NULL;
    int ends[2];
    if (context_type == NULL || pipe2(ends, O_CLOEXEC) != 0)
        return false;
    const char *context = word(thread, (size_t)request.context);
    bool known = write(ends[1], context + TYPE, sizeof type) == sizeof type && read(ends[0], &type, sizeof type) == sizeof type && type == context_type;
    close(ends[0]);
    close(ends[1]);
    return known;
}

/* Numbers of every form: what fits into one of an int's digits, and what does not. */
static bool is_read_right(const void *thread, void *variable) {
    int (*get)(void *, void *, void **) = (int (*)(void *, void *, void **))dlsym(RTLD_DEFAULT, "PyContextVar_Get");
    void *(*set)(void *, void *) = (void *(*)(void *, void *))dlsym(RTLD_DEFAULT, "PyContextVar_Set");
    void *(*number)(unsigned long long) = (void *(*)(unsigned long long))dlsym(RTLD_DEFAULT, "PyLong_FromUnsignedLongLong");
    void (*release)(void *) = (void (*)(void *))dlsym(RTLD_DEFAULT, "Py_DecRef");
    const void *context_type = dlsym(RTLD_DEFAULT, "PyContext_Type");
    void *before = NULL;
    if (!get || !set || !number || !release || get(variable, NULL, &before) != 0)
        return false;
    bool right = true;
    static const unsigned long long tried[] = {1, 1 << 29, 1ULL << 45 | 77, 0};
    for (size_t i = 0; right && i < sizeof tried / sizeof tried[0]; i++) {
        void *value = number(tried[i]), *token = value == NULL ? NULL : set(variable, value);
        right = token != NULL && has_context(thread, context_type) && ls_request_of(thread) == tried[i];
        if (token != NULL)
            release(token);
        if (value != NULL)
            release(value);
    }
    if (before != NULL) {
        void *token = set(variable, before);
        if (token != NULL)
            release(token);
        release(before);
    }
    return right;
}

bool ls_request_variable(void *variable, const void *thread) {
    request.variable = NULL;
    request.number_of = (unsigned long long (*)(void *))dlsym(RTLD_DEFAULT, "PyLong_AsUnsignedLongLongMask");
    request.number_type = dlsym(RTLD_DEFAULT, "PyLong_Type");
    const void *type = dlsym(RTLD_DEFAULT, "PyContextVar_Type");
    if (thread == NULL || request.number_of == NULL || request.number_type == NULL || type == NULL || word(variable, TYPE) != type)
        return false;
    request.context = 0;
    for (size_t i = 0; i < sizeof contexts / sizeof contexts[0]; i++) {
        if (contexts[i].version == ls_python_version() >> 16)
            request.context = contexts[i].offset;
    }
    uint64_t hash = (uint64_t)(uintptr_t)word(variable, VARIABLE_HASH);
    request.hash = (uint32_t)hash ^ (uint32_t)(hash >> 32);
    request.variable = variable;
    void (*keep)(void *) = (void (*)(void *))dlsym(RTLD_DEFAULT, "Py_IncRef");
    if (keep == NULL || request.context == 0 || !is_read_right(thread, variable)) {
        request.variable = NULL;
        return false;
    }
    keep(variable);
    return true;
}
