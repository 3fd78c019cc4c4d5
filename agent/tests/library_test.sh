#!/bin/bash
# What the compiled library is: loadable with glibc 2.27, and its dlsym hook a jump, because who calls dlsym is seen by the return address.
set -euo pipefail
passed=0 failed=0
check() { # WHAT, and then what is wrong, which is to be nothing
    if [ -z "$2" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); printf '%s: %s\n' "$1" "$2" >&2; fi
}

check "newer than glibc 2.27" "$(objdump -T "$1" | grep -oE 'GLIBC_2\.(2[89]|[3-9][0-9]).*' || true)"
check "undefined beyond the C library" "$(objdump -p "$1" | awk '/NEEDED/ && $2 !~ /^(libc|libm|libpthread|libdl)\.so\./ { print $2 }')"
if [ "$(uname -m)" = x86_64 ]; then
    check "dlsym is called, not jumped to" "$(objdump -d --no-show-raw-insn "$1" | awk '/<hooked_dlsym>:/ { inside = 1 } /^$/ { inside = 0 } inside && /call +\*/')"
fi
echo "$passed passed, $failed failed (agent, library)"
[ $failed = 0 ]
