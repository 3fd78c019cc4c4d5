/* The C library's allocator, as every loaded library calls it: through an entry of its global offset table, which is made to point here.
 * Nothing that does not allocate is touched, and what is loaded later is looked at when somebody asks for its symbols. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <limits.h>
#include <link.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "agent.h"

#if defined __x86_64__
enum { JUMP_SLOT = R_X86_64_JUMP_SLOT, GLOBAL_DATA = R_X86_64_GLOB_DAT, ABSOLUTE = R_X86_64_64 };
#elif defined __aarch64__
enum { JUMP_SLOT = R_AARCH64_JUMP_SLOT, GLOBAL_DATA = R_AARCH64_GLOB_DAT, ABSOLUTE = R_AARCH64_ABS64 };
#endif

LS_OLD(dladdr);
LS_OLD(dlclose);
LS_OLD(dlopen);
LS_OLD(dlsym);
#if defined __x86_64__
/* Newer than the others. */
__asm__(".symver dladdr1,dladdr1@GLIBC_2.3.3");
__asm__(".symver dlinfo,dlinfo@GLIBC_2.3.3");
#else
LS_OLD(dladdr1);
LS_OLD(dlinfo);
#endif

static struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void (*free)(void *);
    void *(*reallocarray)(void *, size_t, size_t);
    int (*posix_memalign)(void **, size_t, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    void *(*memalign)(size_t, size_t);
    char *(*strdup)(const char *);
    char *(*strndup)(const char *, size_t);
    void *(*mmap)(void *, size_t, int, int, int, off_t);
    void *(*mremap)(void *, size_t, size_t, int, ...);
    int (*munmap)(void *, size_t);
    void *(*dlsym)(void *, const char *);
} real;

/* --- what stands in the tables instead ----------------------------------------------------------------------------- */

/* In the interpreter. */
static const void *python_function;

/* Where the call came from, for ls_native_trace. */
static __thread const void *caller __attribute__((tls_model("initial-exec")));

static void look_for_new(void);

#define FROM __builtin_return_address(0)

/* An allocation that went beyond the distance. */
LS_COLD static void *sample(void *block, size_t size, const void *from) {
    /* An object's memory is counted by python.c. */
    if (!ls_self.forwarded && ls_draw(size)) {
        caller = from;
        ls_allocated(block, size == 0 ? 1 : size, LS_NATIVE);
    }
    return block;
}

LS_COLD static void *sampled_malloc(size_t size, const void *from) { return sample(real.malloc(size), size, from); }

LS_COLD static void *sampled_calloc(size_t count, size_t size, const void *from) { return sample(real.calloc(count, size), count * size, from); }

LS_COLD static void *moved(void *old, size_t size, bool drawn, const void *from) {
    /* First, so that whoever is given this address meanwhile is not taken for it. */
    size_t before = ls_may_be_sampled(old) ? ls_freed(old) : 0;
    void *block = real.realloc(old, size);
    if (block == NULL && before != 0 && size != 0) {
        /* It has failed, and the old block lives on. */
        caller = from;
        ls_allocated(old, before, LS_NATIVE);
        return NULL;
    }
    return drawn ? sample(block, size, from) : block;
}

LS_COLD static void gone(void *block) {
    ls_freed(block);
    real.free(block);
}

static void *hooked_malloc(size_t size) {
    if (LS_TAKE(size))
        return sampled_malloc(size, FROM);
    return real.malloc(size);
}

static void *hooked_calloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || LS_TAKE(bytes))
        return sampled_calloc(count, size, FROM);
    return real.calloc(count, size);
}

static void *hooked_realloc(void *old, size_t size) {
    bool drawn = LS_TAKE(size);
    if (drawn || ls_may_be_sampled(old))
        return moved(old, size, drawn, FROM);
    return real.realloc(old, size);
}

static void *hooked_reallocarray(void *old, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return real.reallocarray(old, count, size);
    bool drawn = LS_TAKE(bytes);
    return moved(old, bytes, drawn, FROM);
}

static void hooked_free(void *block) {
    if (ls_may_be_sampled(block))
        gone(block);
    else
        real.free(block);
}

static int hooked_posix_memalign(void **block, size_t alignment, size_t size) {
    int error = real.posix_memalign(block, alignment, size);
    if (error == 0 && LS_TAKE(size))
        sample(*block, size, FROM);
    return error;
}

static void *hooked_aligned_alloc(size_t alignment, size_t size) {
    void *block = real.aligned_alloc(alignment, size);
    return LS_TAKE(size) ? sample(block, size, FROM) : block;
}

static void *hooked_memalign(size_t alignment, size_t size) {
    void *block = real.memalign(alignment, size);
    return LS_TAKE(size) ? sample(block, size, FROM) : block;
}

/* The C library's own calls pass through us where the executable has taken malloc's address: this block is counted once. */
static char *copied(const char *text, size_t most, const void *from) {
    uint64_t left = ls_self.left;
    ls_self.forwarded = true;
    char *copy = most == SIZE_MAX ? real.strdup(text) : real.strndup(text, most);
    ls_self.forwarded = false;
    ls_self.left = left;
    size_t size = copy == NULL ? 0 : strlen(copy) + 1;
    return LS_TAKE(size) ? sample(copy, size, from) : copy;
}

static char *hooked_strdup(const char *text) { return copied(text, SIZE_MAX, FROM); }

static char *hooked_strndup(const char *text, size_t most) { return copied(text, most - (most == SIZE_MAX), FROM); }

static void *hooked_mmap(void *where, size_t size, int protection, int flags, int file, off_t offset) {
    void *block = real.mmap(where, size, protection, flags, file, offset);
    if (block != MAP_FAILED && (flags & MAP_ANONYMOUS) && (protection & PROT_WRITE) && LS_TAKE(size))
        sample(block, size, FROM);
    return block;
}

static void *hooked_mremap(void *old, size_t old_size, size_t size, int flags, ...) {
    va_list more;
    va_start(more, flags);
    void *block = real.mremap(old, old_size, size, flags, va_arg(more, void *));
    va_end(more);
    if (block != MAP_FAILED && ls_may_be_sampled(old) && ls_freed(old) != 0) {
        caller = FROM;
        ls_allocated(block, size, LS_NATIVE);
    }
    return block;
}

static int hooked_munmap(void *block, size_t size) {
    if (ls_may_be_sampled(block))
        ls_freed(block);
    return real.munmap(block, size);
}

/* Whoever loads a library asks for its symbols next. dlopen itself looks who its caller is, and searches in that library's paths; dlsym does
 * so too, for RTLD_NEXT. So the former is left alone, and this jumps there and does not call (`make test` looks). */
static void *hooked_dlsym(void *handle, const char *name) {
    look_for_new();
    return real.dlsym(handle, name);
}

static const struct hook {
    const char *name;
    void *function;
    void **original;
    bool maps;                /* mmap: not for the interpreter, whose arenas would be counted twice */
} hooks[] = {
    {"malloc", hooked_malloc, (void **)&real.malloc, false},
    {"calloc", hooked_calloc, (void **)&real.calloc, false},
    {"realloc", hooked_realloc, (void **)&real.realloc, false},
    {"reallocarray", hooked_reallocarray, (void **)&real.reallocarray, false},
    {"free", hooked_free, (void **)&real.free, false},
    {"posix_memalign", hooked_posix_memalign, (void **)&real.posix_memalign, false},
    {"aligned_alloc", hooked_aligned_alloc, (void **)&real.aligned_alloc, false},
    {"memalign", hooked_memalign, (void **)&real.memalign, false},
    {"strdup", hooked_strdup, (void **)&real.strdup, false},
    {"strndup", hooked_strndup, (void **)&real.strndup, false},
    {"mmap", hooked_mmap, (void **)&real.mmap, true},
    {"mmap64", hooked_mmap, (void **)&real.mmap, true},
    {"mremap", hooked_mremap, (void **)&real.mremap, true},
    {"munmap", hooked_munmap, (void **)&real.munmap, true},
    {"dlsym", hooked_dlsym, (void **)&real.dlsym, false},
};

enum { HOOKS = sizeof hooks / sizeof hooks[0] };

/* --- modules ------------------------------------------------------------------------------------------------------ */

enum { MOST_MODULES = 512 };

struct module {
    uintptr_t start, end;     /* of what is executable */
    bool quiet;               /* the interpreter and the C library: they allocate on behalf of Python code, which the stack shows */
    char name[120];
};

/* Filled while libraries are loaded, read under the lock: the entry first, then the count. */
static struct module modules[MOST_MODULES];
static _Atomic uint32_t module_count;

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static bool is_system(const char *name) {
    return strncmp(name, "ld-", 3) == 0 || strncmp(name, "ld64", 4) == 0 || strncmp(name, "libc.so", 7) == 0 || strncmp(name, "libc-", 5) == 0
        || strncmp(name, "linux-vdso", 10) == 0 || strncmp(name, "libpthread", 10) == 0 || strncmp(name, "libdl.so", 8) == 0;
}

static void remember(uintptr_t start, uintptr_t end, const char *name, bool quiet) {
    uint32_t count = atomic_load_explicit(&module_count, memory_order_relaxed);
    for (uint32_t i = 0; i < count; i++) {
        if (modules[i].start == start && modules[i].end == end && strncmp(modules[i].name, name, sizeof modules[i].name - 1) == 0)
            return;
    }
    if (count == MOST_MODULES)
        return;
    modules[count] = (struct module){start, end, quiet, ""};
    memcpy(modules[count].name, name, strnlen(name, sizeof modules[count].name - 1));
    atomic_store_explicit(&module_count, count + 1, memory_order_release);
}

void ls_native_trace(struct ls_trace *trace) {
    const void *from = caller;
    caller = NULL;
    /* The newest first: a library may lie where an unloaded one lay. */
    for (uint32_t i = atomic_load_explicit(&module_count, memory_order_acquire); from != NULL && i-- > 0;) {
        const struct module *module = &modules[i];
        if ((uintptr_t)from < module->start || (uintptr_t)from >= module->end)
            continue;
        if (module->quiet)
            return;
        int64_t number = ls_code_find(module->start, module->end);
        if (number < 0)
            number = ls_code_add(module->start, module->end, ls_text_add("", 0), ls_text_add(module->name, strlen(module->name)), ls_text_add("", 0), 0, LS_NATIVE_MODULE);
        if (number < 0)
            return;
        /* The innermost frame. */
        if (trace->depth == LS_DEEPEST) {
            trace->depth--;
            trace->cut = true;
        }
        memmove(&trace->frames[1], &trace->frames[0], trace->depth * sizeof trace->frames[0]);
        trace->frames[0] = (struct ls_frame){(uint32_t)number, 0};
        trace->depth++;
        return;
    }
}

/* --- the tables of the loaded libraries ---------------------------------------------------------------------------- */

/* A library in memory, as dl_iterate_phdr tells. */
struct image {
    uintptr_t base;
    const ElfW(Phdr) *headers;
    int header_count;
    char name[PATH_MAX];
};

static struct {
    atomic_flag busy;
    bool active;              /* false: being undone, or never begun */
    unsigned long long added, removed;    /* as the loader counts, when we last looked */
    struct { uintptr_t base; const void *headers; } done[MOST_MODULES];
    size_t done_count;
    bool interpreter_allocates, interpreter_frees;
} linkage = {.busy = ATOMIC_FLAG_INIT};

static void *in_memory(const struct image *image, ElfW(Addr) address) {
    /* glibc relocates these in place, musl does not. */
    return (void *)(address >= image->base ? address : image->base + address);
}

static bool set(const struct image *image, void **entry, void *value) {
    uintptr_t sealed_start = 0, sealed_end = 0, page = (uintptr_t)sysconf(_SC_PAGESIZE), place = (uintptr_t)entry;
    bool writable = false;
    for (int i = 0; i < image->header_count; i++) {
        const ElfW(Phdr) *segment = &image->headers[i];
        uintptr_t start = image->base + segment->p_vaddr, end = start + segment->p_memsz;
        if (segment->p_type == PT_GNU_RELRO) {
            sealed_start = start & ~(page - 1);
            sealed_end = end & ~(page - 1);
        } else if (segment->p_type == PT_LOAD && (segment->p_flags & PF_W) && place >= start && place + sizeof value <= end) {
            writable = true;
        }
    }
    if (!writable || place % sizeof value != 0)
        /* Of code, or what no compiler makes. */
        return false;
    bool sealed = place >= sealed_start && place < sealed_end;
    void *start = (void *)(place & ~(page - 1));
    if (sealed && mprotect(start, page, PROT_READ | PROT_WRITE) != 0)
        return false;
    __atomic_store_n(entry, value, __ATOMIC_RELEASE);
    if (sealed)
        mprotect(start, page, PROT_READ);
    return true;
}

static void patch(const struct image *image, const ElfW(Rela) *relocations, size_t count, const ElfW(Sym) *symbols, const char *names, bool interpreter) {
    for (size_t i = 0; i < count; i++) {
        uint32_t type = (uint32_t)ELF64_R_TYPE(relocations[i].r_info);
        if (type != JUMP_SLOT && type != GLOBAL_DATA && type != ABSOLUTE)
            continue;
        const char *name = names + symbols[ELF64_R_SYM(relocations[i].r_info)].st_name;
        for (int k = 0; k < HOOKS; k++) {
            if (name[0] != hooks[k].name[0] || strcmp(name, hooks[k].name) != 0)
                continue;
            void *original = *hooks[k].original, **entry = (void **)(image->base + relocations[i].r_offset);
            if (original == NULL || (hooks[k].maps && interpreter))
                break;
            void *from = linkage.active ? original : hooks[k].function, *to = linkage.active ? hooks[k].function : original;
            /* A call goes wherever the loader has not looked yet; a pointer that was stored may have been changed since. */
            bool wanted = linkage.active && type != ABSOLUTE ? *entry != to : *entry == from;
            if ((!wanted || set(image, entry, to)) && interpreter && type != ABSOLUTE) {
                linkage.interpreter_allocates |= hooks[k].function == (void *)hooked_malloc;
                linkage.interpreter_frees |= hooks[k].function == (void *)hooked_free;
            }
            break;
        }
    }
}

static bool holds(const struct image *image, const void *address, uintptr_t *start, uintptr_t *end) {
    bool found = false;
    *start = UINTPTR_MAX;
    *end = 0;
    for (int i = 0; i < image->header_count; i++) {
        const ElfW(Phdr) *segment = &image->headers[i];
        if (segment->p_type != PT_LOAD)
            continue;
        uintptr_t from = image->base + segment->p_vaddr, to = from + segment->p_memsz;
        found |= (uintptr_t)address >= from && (uintptr_t)address < to;
        if (segment->p_flags & PF_X) {
            *start = from < *start ? from : *start;
            *end = to > *end ? to : *end;
        }
    }
    return found;
}

static void patch_image(const struct image *image) {
    uintptr_t start, end;
    const char *name = base_name(image->name);
    /* Whoever provides malloc may call himself; the C library's part of that is named. */
    bool provider = holds(image, (const void *)real.malloc, &start, &end), interpreter = holds(image, python_function, &start, &end);
    if (holds(image, (const void *)patch_image, &start, &end) || is_system(name) || (provider && !interpreter))
        return;
    if (linkage.active)
        remember(start, end, name[0] == 0 ? "python" : name, interpreter);

    const ElfW(Dyn) *dynamic = NULL;
    for (int i = 0; i < image->header_count; i++) {
        if (image->headers[i].p_type == PT_DYNAMIC)
            dynamic = (const ElfW(Dyn) *)(image->base + image->headers[i].p_vaddr);
    }
    const ElfW(Sym) *symbols = NULL;
    const char *names = NULL;
    const ElfW(Rela) *jumps = NULL, *others = NULL;
    size_t jumps_size = 0, others_size = 0, entry_size = sizeof(ElfW(Rela));
    for (; dynamic != NULL && dynamic->d_tag != DT_NULL; dynamic++) {
        switch (dynamic->d_tag) {
        case DT_SYMTAB: symbols = in_memory(image, dynamic->d_un.d_ptr); break;
        case DT_STRTAB: names = in_memory(image, dynamic->d_un.d_ptr); break;
        case DT_JMPREL: jumps = in_memory(image, dynamic->d_un.d_ptr); break;
        case DT_PLTRELSZ: jumps_size = dynamic->d_un.d_val; break;
        case DT_RELA: others = in_memory(image, dynamic->d_un.d_ptr); break;
        case DT_RELASZ: others_size = dynamic->d_un.d_val; break;
        case DT_RELAENT: entry_size = dynamic->d_un.d_val; break;
        default: break;
        }
    }
    if (symbols == NULL || names == NULL || entry_size != sizeof(ElfW(Rela)))
        return;
    if (jumps != NULL)
        patch(image, jumps, jumps_size / sizeof *jumps, symbols, names, interpreter);
    if (others != NULL)
        patch(image, others, others_size / sizeof *others, symbols, names, interpreter);
}

static bool is_done(const struct dl_phdr_info *info) {
    for (size_t i = 0; i < linkage.done_count; i++) {
        if (linkage.done[i].base == info->dlpi_addr && linkage.done[i].headers == info->dlpi_phdr)
            return true;
    }
    return false;
}

/* The next image that we have not seen. Nothing is changed here: it may be half loaded by another thread. */
static int find_new(struct dl_phdr_info *info, size_t size, void *context) {
    struct image *image = context;
    (void)size;
    if (linkage.done_count == MOST_MODULES || is_done(info) || strlen(info->dlpi_name) >= sizeof image->name)
        return 0;
    linkage.done[linkage.done_count].base = info->dlpi_addr;
    linkage.done[linkage.done_count++].headers = info->dlpi_phdr;
    *image = (struct image){info->dlpi_addr, info->dlpi_phdr, info->dlpi_phnum, ""};
    strcpy(image->name, info->dlpi_name);
    return 1;
}

static int count_changes(struct dl_phdr_info *info, size_t size, void *context) {
    unsigned long long *counts = context;
    (void)size;
    counts[0] = info->dlpi_adds;
    counts[1] = info->dlpi_subs;
    return 1;
}

/* Opening it once more waits until whoever loads it is done, and keeps it from being unloaded meanwhile. */
static void patch_held(const struct image *image) {
    void *handle = dlopen(image->name[0] == 0 ? NULL : image->name, RTLD_LAZY | RTLD_NOLOAD);
    struct link_map *library = NULL;
    if (handle == NULL)
        return;
    if (dlinfo(handle, RTLD_DI_LINKMAP, &library) == 0 && library->l_addr == image->base)
        patch_image(image);
    dlclose(handle);
}

static void patch_all(bool held) {
    static struct image image;
    unsigned long long counts[2] = {0, 0};
    dl_iterate_phdr(count_changes, counts);
    if (counts[1] != linkage.removed || counts[0] < linkage.added)
        /* Another library may lie where one was. */
        linkage.done_count = 0;
    linkage.added = counts[0];
    linkage.removed = counts[1];
    while (dl_iterate_phdr(find_new, &image) != 0)
        held ? patch_held(&image) : patch_image(&image);
}

static void look_for_new(void) {
    unsigned long long counts[2] = {0, 0};
    dl_iterate_phdr(count_changes, counts);
    if (counts[0] == linkage.added && counts[1] == linkage.removed)
        return;
    /* Somebody else who looks is not waited for: he may wait for us to leave the loader. */
    if (ls_mean() == 0 || atomic_flag_test_and_set(&linkage.busy))
        return;
    patch_all(true);
    atomic_flag_clear(&linkage.busy);
}

/* What a library that calls this function by name gets. An executable that takes a function's address has a stub of that name, which would
 * lead through the executable's own table, that is, back to us. */
static void *definition(const char *name) {
    void *found = dlsym(RTLD_DEFAULT, name), *program = dlopen(NULL, RTLD_LAZY);
    const ElfW(Sym) *symbol = NULL;
    struct link_map *library = NULL;
    Dl_info info;
    if (found == NULL || dladdr1(found, &info, (void **)&symbol, RTLD_DL_SYMENT) == 0 || symbol == NULL || symbol->st_shndx != SHN_UNDEF)
        return found;
    if (program == NULL || dlinfo(program, RTLD_DI_LINKMAP, &library) != 0)
        return NULL;
    for (library = library->l_next; library != NULL; library = library->l_next) {
        void *handle = dlopen(library->l_name, RTLD_LAZY | RTLD_NOLOAD);
        found = handle == NULL ? NULL : dlsym(handle, name);
        if (handle != NULL)
            dlclose(handle);
        /* dlsym looks through what the library needs as well. */
        if (found != NULL && dladdr(found, &info) != 0 && (ElfW(Addr))info.dli_fbase == library->l_addr)
            return found;
    }
    return NULL;
}

void ls_native_find(void) {
    python_function = dlsym(RTLD_DEFAULT, "PyMem_SetAllocator");
    for (int k = 0; k < HOOKS; k++) {
        if (*hooks[k].original == NULL)
            *hooks[k].original = definition(hooks[k].name);
    }
}

static void change(bool active) {
    while (atomic_flag_test_and_set(&linkage.busy))
        sched_yield();
    linkage.active = active;
    linkage.done_count = 0;
    /* Before the interpreter starts there are no threads that could load or unload, and opening what the loader has not initialised yet would
     * do so too early. */
    patch_all(ls_python_is_running());
    atomic_flag_clear(&linkage.busy);
}

bool ls_native_hook(void) {
    if (!real.malloc || !real.calloc || !real.realloc || !real.free)
        return false;
    linkage.interpreter_allocates = linkage.interpreter_frees = false;
    change(true);
    return linkage.interpreter_allocates && linkage.interpreter_frees;
}

void ls_native_unhook(void) { change(false); }

/* Whoever looked is not in this process. */
void ls_native_after_fork(void) { atomic_flag_clear(&linkage.busy); }
