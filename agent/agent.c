/* The beginning and the end. Started by the loader where LEAKYSPANNER_AGENT names a folder (`leakyspanner run`), or by the shim, which calls
 * leakyspanner_agent_start. It is never unloaded: pointers to it stand in other libraries' tables. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent.h"

enum { DEFAULT_MEAN = 128 * 1024, SMALLEST_MEAN = 4 * 1024 };

static bool started, registered;

static void before_fork(void) { ls_before_fork(); }

static void after_fork_in_parent(void) { ls_after_fork(false); }

static void after_fork_in_child(void) {
    ls_self.id = (uint32_t)syscall(SYS_gettid);
    ls_native_after_fork();
    ls_after_fork(true);
}

/* Ends sampling for that reason. */
static void end(uint32_t state) {
    started = false;
    ls_python_unhook();
    ls_native_unhook();
    ls_lock();
    ls_tables_close(state);
    ls_unlock();
}

/* Returns 0; -1 where this process runs no Python that we know; otherwise an errno, about the folder. Call it with the GIL held, or before
 * the interpreter starts. A second call changes nothing. */
LS_PUBLIC int leakyspanner_agent_start(const char *folder, unsigned long mean_bytes) {
    if (started)
        return 0;
    uint32_t state;
    if (!ls_python_find(&state)) {
        if (state != LS_RUNNING)
            ls_tables_refuse(folder, ls_python_version(), state);
        return -1;
    }
    if (mean_bytes == 0)
        mean_bytes = DEFAULT_MEAN;
    else if (mean_bytes < SMALLEST_MEAN)
        mean_bytes = SMALLEST_MEAN;
    ls_native_find();
    ls_lock();
    int error = ls_tables_open(folder, mean_bytes, ls_python_version(), true);
    ls_unlock();
    if (error != 0)
        return error;
    started = true;
    if (!registered)
        pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
    registered = true;
    state = ls_native_hook() ? ls_python_hook() : LS_OTHER_ALLOCATOR;
    if (state == LS_RUNNING)
        return 0;
    end(state);
    return -1;
}

/* Once started, with the GIL held: the ContextVar whose value is the number of the request in progress. It is never let go of. Returns 0, or
 * -1 where it cannot be read in this interpreter. */
LS_PUBLIC int leakyspanner_agent_requests(void *variable) {
    return started && ls_request_variable(variable, ls_python_thread()) ? 0 : -1;
}

/* Ends sampling, with the GIL held; it can be started again. Blocks that are alive stay in the file. */
LS_PUBLIC void leakyspanner_agent_stop(void) {
    if (started)
        end(LS_ENDED);
}

__attribute__((constructor)) static void loaded(void) {
    const char *folder = getenv("LEAKYSPANNER_AGENT"), *mean = getenv("LEAKYSPANNER_AGENT_MEAN");
    if (folder != NULL && folder[0] == '/')
        leakyspanner_agent_start(folder, mean == NULL ? 0 : strtoul(mean, NULL, 10));
}

__attribute__((destructor)) static void unloaded(void) {
    if (!started)
        return;
    ls_lock();
    ls_tables_state(LS_ENDED);
    ls_unlock();
}
