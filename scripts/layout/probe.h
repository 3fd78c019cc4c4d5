/* The headers behind fields.list, as far as a version has them. Compiled by scripts/layout/probe. */
#define Py_BUILD_CORE 1
#define NEEDS_PY_IDENTIFIER 1
#include "Python.h"
#include <stddef.h>
#include <string.h>
#include "internal/pycore_pystate.h"
#if __has_include("internal/pycore_runtime.h")
#include "internal/pycore_runtime.h"
#endif
#if __has_include("internal/pycore_interp.h")
#include "internal/pycore_interp.h"
#endif
#if __has_include("internal/pycore_gc.h")
#include "internal/pycore_gc.h"
#endif
#if __has_include("internal/pycore_pymem.h")
#include "internal/pycore_pymem.h"
#endif
#if __has_include("internal/pycore_tstate.h")
#include "internal/pycore_tstate.h"
#endif
#include "frameobject.h"
#if __has_include("internal/pycore_frame.h")
#include "internal/pycore_frame.h"
#endif
#if __has_include("internal/pycore_interpframe.h")
#include "internal/pycore_interpframe.h"
#endif
#if __has_include("internal/pycore_genobject.h")
#include "internal/pycore_genobject.h"
#endif
#if __has_include("internal/pycore_obmalloc.h")
#include "internal/pycore_obmalloc.h"
#endif
#if __has_include("internal/pycore_dict.h")
#include "internal/pycore_dict.h"
#endif
#if __has_include("internal/pycore_object.h")
#include "internal/pycore_object.h"
#endif
#if __has_include("internal/pycore_typeobject.h")
#include "internal/pycore_typeobject.h"
#endif
#if __has_include("internal/pycore_hashtable.h")
#include "internal/pycore_hashtable.h"
#endif
#if __has_include("internal/pycore_tracemalloc.h")
#include "internal/pycore_tracemalloc.h"
#endif
#if __has_include("internal/pycore_moduleobject.h")
#include "internal/pycore_moduleobject.h"
#endif
#if __has_include("internal/pycore_context.h")
#include "internal/pycore_context.h"
#endif
#if __has_include("internal/pycore_code.h")
#include "internal/pycore_code.h"
#endif
#if __has_include("internal/pycore_long.h")
#include "internal/pycore_long.h"
#endif
#if __has_include("code.h")
#include "code.h"
#endif

#define offset(type, member) ((long)offsetof(type, member))
#define size(type) ((long)sizeof(type))

/* The lowest bit of a bit field, counted from the start of the struct that it is a member of (its first word's state). */
#define bit(type, member) __extension__ ({ \
    type object; \
    memset(&object, 0, sizeof object); \
    object.member = 1; \
    unsigned word; \
    memcpy(&word, (char *)&object + offsetof(type, state), sizeof word); \
    (long)__builtin_ctz(word); })
