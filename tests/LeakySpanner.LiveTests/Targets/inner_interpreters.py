"""Allocates in interpreters within this process, which the agent does not look into."""
import os

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

inner = interpreters.create()
interpreters.run_string(inner, "kept = [bytes(1000) for _ in range(20000)]\nfor _ in range(3):\n    gone = [bytes(2000) for _ in range(5000)]\n")
blocks = [bytes(1000) for _ in range(10000)]  # line: outer
interpreters.destroy(inner)
print("done", flush=True)
os._exit(7)
