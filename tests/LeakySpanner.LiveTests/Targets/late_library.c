/* A library that is loaded while the program runs: by name, from a path that only its caller knows. Its memory is asked for through a call and
 * through a pointer that it keeps. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#ifdef CALLER
void *open_inner(void) { return dlopen("libinner.so", RTLD_NOW); }
#else
static void *(*volatile kept_malloc)(size_t) = malloc;
static void (*volatile kept_free)(void *) = free;

void *take(size_t bytes) { return memset(malloc(bytes), 1, bytes); }
void *take_by_pointer(size_t bytes) { return memset(kept_malloc(bytes), 1, bytes); }
char *take_copy(const char *text) { return strdup(text); }
void *resize(void *block, size_t bytes) { return realloc(block, bytes); }
void give(void *block) { free(block); }
void give_by_pointer(void *block) { kept_free(block); }
#endif
