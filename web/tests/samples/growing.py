"""Grows in one line, peaks in another, from two threads and from code with hostile names; stands still on demand for its test."""

import sys
import threading

kept = []


def keep(count):
    for _ in range(count):
        kept.append(bytearray(50_000))  # the growing line


def burst():
    return bytes(60_000_000)  # the peak


def worker():
    kept.append(bytearray(20_000_000))  # the worker's line


def hostile():
    name = "</script><img src=x onerror=document.title='owned'>"
    code = compile("kept.append(bytearray(30_000_000))", name + ".py", "exec")
    if hasattr(code, "replace"):
        code = code.replace(co_name=name, **({"co_qualname": name} if sys.version_info >= (3, 11) else {}))
    exec(code, {"kept": kept})


def wait(word):
    """Until the test says so: it is its turn."""
    print(word, flush=True)
    sys.stdin.readline()


thread = threading.Thread(target=worker, name="worker")
thread.start()
thread.join()
hostile()
held = burst()
del held
wait("first")
keep(800)
wait("second")
