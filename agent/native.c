/* The C library's allocator, as every loaded library calls it: through an entry of its global offset table, which is made to point here.
 * Nothing that does not allocate is touched, and code that was not loaded when we looked is looked at after the next dlopen. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "agent.h"

#if defined __x86_64__
enum { JUMP_SLOT = R_X86_64_JUMP_SLOT, GLOBAL_DATA = R_X86_64_GLOB_DAT };
#elif defined __aarch64__
enum { JUMP_SLOT = R_AARCH64_JUMP_SLOT, GLOBAL_DATA = R_AARCH64_GLOB_DAT };
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
    int (*posix_memalign)(void **, size_t, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    void *(*memalign)(size_t, size_t);
    void *(*mmap)(void *, size_t, int, int, int, off_t);
    int (*munmap)(void *, size_t);
    void *(*dlopen)(const char *, int);
} real;

/* --- what stands in the tables instead ----------------------------------------------------------------------------- */

/* Where the call came from, for ls_native_trace. */
static __thread const void *caller __attribute__((tls_model("initial-exec")));

#define COUNTED(size) LS_RARE((ls_self.left -= (int64_t)(size)) < 0)

LS_COLD static void *sample(void *block, size_t size, const void *from) {
    if (ls_self.forwarded != 0) {
        /* An object's memory, which python.c counts. */
        ls_self.left += (int64_t)size;
        return block;
    }
    if (ls_draw(size)) {
        caller = from;
        ls_allocated(block, size == 0 ? 1 : size, LS_NATIVE);
    }
    return block;
}

static void *hooked_malloc(size_t size) {
    void *block = real.malloc(size);
    return COUNTED(size) ? sample(block, size, __builtin_return_address(0)) : block;
}

static void *hooked_calloc(size_t count, size_t size) {
    void *block = real.calloc(count, size);
    /* Where the product overflows there is no block. */
    return COUNTED(count * size) ? sample(block, count * size, __builtin_return_address(0)) : block;
}

static void *hooked_realloc(void *old, size_t size) {
    size_t before = old != NULL && ls_may_be_sampled(old) ? ls_freed(old) : 0;
    void *block = real.realloc(old, size);
    if (LS_RARE(block == NULL && before != 0 && size != 0)) {
        /* It has failed, and the old block lives on. */
        caller = __builtin_return_address(0);
        ls_allocated(old, before, LS_NATIVE);
        return NULL;
    }
    return COUNTED(size) ? sample(block, size, __builtin_return_address(0)) : block;
}

static void hooked_free(void *block) {
    if (ls_may_be_sampled(block))
        ls_freed(block);
    real.free(block);
}

static int hooked_posix_memalign(void **block, size_t alignment, size_t size) {
    int error = real.posix_memalign(block, alignment, size);
    if (error == 0 && COUNTED(size))
        sample(*block, size, __builtin_return_address(0));
    return error;
}

static void *hooked_aligned_alloc(size_t alignment, size_t size) {
    void *block = real.aligned_alloc(alignment, size);
    return COUNTED(size) ? sample(block, size, __builtin_return_address(0)) : block;
}

static void *hooked_memalign(size_t alignment, size_t size) {
    void *block = real.memalign(alignment, size);
    return COUNTED(size) ? sample(block, size, __builtin_return_address(0)) : block;
}

static void *hooked_mmap(void *where, size_t size, int protection, int flags, int file, off_t offset) {
    void *block = real.mmap(where, size, protection, flags, file, offset);
    if (block != MAP_FAILED && (flags & MAP_ANONYMOUS) && (protection & PROT_WRITE) && COUNTED(size))
        sample(block, size, __builtin_return_address(0));
    return block;
}

static int hooked_munmap(void *block, size_t size) {
    if (ls_may_be_sampled(block))
        ls_freed(block);
    return real.munmap(block, size);
}

static void *hooked_dlopen(const char *file, int flags) {
    void *library = real.dlopen(file, flags);
    if (library != NULL && ls_mean() != 0) {
        int error = errno;
        ls_native_hook();
        errno = error;
    }
    return library;
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
    {"free", hooked_free, (void **)&real.free, false},
    {"posix_memalign", hooked_posix_memalign, (void **)&real.posix_memalign, false},
    {"aligned_alloc", hooked_aligned_alloc, (void **)&real.aligned_alloc, false},
    {"memalign", hooked_memalign, (void **)&real.memalign, false},
    {"mmap", hooked_mmap, (void **)&real.mmap, true},
    {"mmap64", hooked_mmap, (void **)&real.mmap, true},
    {"munmap", hooked_munmap, (void **)&real.munmap, true},
    {"dlopen", hooked_dlopen, (void **)&real.dlopen, false},
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

static bool holds(const struct dl_phdr_info *image, const void *address, uintptr_t *start, uintptr_t *end) {
    bool found = false;
    *start = UINTPTR_MAX;
    *end = 0;
    for (int i = 0; i < image->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &image->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD)
            continue;
        uintptr_t from = image->dlpi_addr + segment->p_vaddr, to = from + segment->p_memsz;
        found |= (uintptr_t)address >= from && (uintptr_t)address < to;
        if (segment->p_flags & PF_X) {
            *start = from < *start ? from : *start;
            *end = to > *end ? to : *end;
        }
    }
    return found;
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
    strncpy(modules[count].name, name, sizeof modules[count].name - 1);
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

struct patching {
    bool undo;
    int changed;
};

static void *at(const struct dl_phdr_info *image, ElfW(Addr) address) {
    /* glibc relocates these in place, musl does not. */
    return (void *)(address >= image->dlpi_addr ? address : image->dlpi_addr + address);
}

static bool set(const struct dl_phdr_info *image, void **entry, void *value) {
    uintptr_t relocated_start = 0, relocated_end = 0, page = (uintptr_t)sysconf(_SC_PAGESIZE), place = (uintptr_t)entry;
    for (int i = 0; i < image->dlpi_phnum; i++) {
        if (image->dlpi_phdr[i].p_type == PT_GNU_RELRO) {
            relocated_start = (image->dlpi_addr + image->dlpi_phdr[i].p_vaddr) & ~(page - 1);
            relocated_end = (image->dlpi_addr + image->dlpi_phdr[i].p_vaddr + image->dlpi_phdr[i].p_memsz) & ~(page - 1);
        }
    }
    bool sealed = place >= relocated_start && place < relocated_end;
    void *start = (void *)(place & ~(page - 1));
    if (sealed && mprotect(start, page, PROT_READ | PROT_WRITE) != 0)
        return false;
    __atomic_store_n(entry, value, __ATOMIC_RELEASE);
    if (sealed)
        mprotect(start, page, PROT_READ);
    return true;
}

static void patch(const struct dl_phdr_info *image, const ElfW(Rela) *relocations, size_t count, const ElfW(Sym) *symbols, const char *names, bool interpreter, struct patching *patching) {
    for (size_t i = 0; i < count; i++) {
        uint32_t type = (uint32_t)ELF64_R_TYPE(relocations[i].r_info);
        if (type != JUMP_SLOT && type != GLOBAL_DATA)
            continue;
        const char *name = names + symbols[ELF64_R_SYM(relocations[i].r_info)].st_name;
        for (int k = 0; k < HOOKS; k++) {
            if (*hooks[k].original == NULL || (hooks[k].maps && interpreter) || strcmp(name, hooks[k].name) != 0)
                continue;
            void **entry = (void **)(image->dlpi_addr + relocations[i].r_offset);
            void *wanted = patching->undo ? *hooks[k].original : hooks[k].function;
            if ((patching->undo ? *entry == hooks[k].function : *entry != hooks[k].function) && set(image, entry, wanted))
                patching->changed++;
            break;
        }
    }
}

static int visit(struct dl_phdr_info *image, size_t size, void *context) {
    (void)size;
    struct patching *patching = context;
    uintptr_t start, end;
    const char *name = base_name(image->dlpi_name);
    if (holds(image, (const void *)visit, &start, &end) || is_system(name))
        return 0;
    void *interpreter_function = dlsym(RTLD_DEFAULT, "PyMem_SetAllocator");
    bool interpreter = holds(image, interpreter_function, &start, &end);
    if (!patching->undo)
        remember(start, end, name[0] == 0 ? "python" : name, interpreter);

    const ElfW(Dyn) *dynamic = NULL;
    for (int i = 0; i < image->dlpi_phnum; i++) {
        if (image->dlpi_phdr[i].p_type == PT_DYNAMIC)
            dynamic = (const ElfW(Dyn) *)(image->dlpi_addr + image->dlpi_phdr[i].p_vaddr);
    }
    const ElfW(Sym) *symbols = NULL;
    const char *names = NULL;
    const ElfW(Rela) *jumps = NULL, *others = NULL;
    size_t jumps_size = 0, others_size = 0, entry_size = sizeof(ElfW(Rela));
    for (; dynamic != NULL && dynamic->d_tag != DT_NULL; dynamic++) {
        switch (dynamic->d_tag) {
        case DT_SYMTAB: symbols = at(image, dynamic->d_un.d_ptr); break;
        case DT_STRTAB: names = at(image, dynamic->d_un.d_ptr); break;
        case DT_JMPREL: jumps = at(image, dynamic->d_un.d_ptr); break;
        case DT_PLTRELSZ: jumps_size = dynamic->d_un.d_val; break;
        case DT_RELA: others = at(image, dynamic->d_un.d_ptr); break;
        case DT_RELASZ: others_size = dynamic->d_un.d_val; break;
        case DT_RELAENT: entry_size = dynamic->d_un.d_val; break;
        default: break;
        }
    }
    if (symbols == NULL || names == NULL || entry_size != sizeof(ElfW(Rela)))
        return 0;
    if (jumps != NULL)
        patch(image, jumps, jumps_size / sizeof *jumps, symbols, names, interpreter, patching);
    if (others != NULL)
        patch(image, others, others_size / sizeof *others, symbols, names, interpreter, patching);
    return 0;
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

/* Before anything is changed: looking up may allocate. */
void ls_native_find(void) {
    for (int k = 0; k < HOOKS; k++) {
        if (*hooks[k].original == NULL)
            *hooks[k].original = definition(hooks[k].name);
    }
}

int ls_native_hook(void) {
    struct patching patching = {false, 0};
    dl_iterate_phdr(visit, &patching);
    return patching.changed;
}

void ls_native_unhook(void) {
    struct patching patching = {true, 0};
    dl_iterate_phdr(visit, &patching);
}
