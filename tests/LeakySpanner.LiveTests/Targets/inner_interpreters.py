"""Allocates in interpreters within this process, which the agent does not look into."""
import os

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

inner = interpreters.create()
interpreters.run_string(inner, """
def inner_work():
    kept = [bytes(1000) for _ in range(4000)]
    for _ in range(3):
        gone = [bytes(2000) for _ in range(1000)]
    return kept

kept = inner_work()
""")
blocks = [bytes(1000) for _ in range(10000)]  # line: outer
print(sum(map(len, blocks)), flush=True)
interpreters.destroy(inner)
os._exit(7)
