"""Does what it is told once: "exit N", "exec" (itself again), "signal N". Says "ready" first."""
import os
import sys

kept = [{"number": number} for number in range(2000)]
print("ready", flush=True)
what = open(sys.argv[1]).read().split()
if what[0] == "exit":
    os._exit(int(what[1]))
elif what[0] == "exec":
    os.execv(sys.executable, [sys.executable, "-c", "import time; print('again', flush=True); time.sleep(600)"])
elif what[0] == "signal":
    os.kill(os.getpid(), int(what[1]))
