"""Leaks at a known rate, to the byte, until it is ended. `objects`: 1 MB/s of objects amid 200 MB/s that come and go.
`numpy`: 5 MB/s of numpy's buffers. Says "running" when it does, and then every second how many bytes have leaked."""
import sys
import time

MB = 1_000_000
kept = []


def churn(amount):
    done = 0
    while done < amount:
        made = [{"number": i, "text": "text %d" % i, "items": [i] * 20} for i in range(100)]
        # dict 232, string 56, list 216, and the list of a hundred: of CPython 3.11, and near enough.
        done += 100 * 512
    return made


def leak_objects(amount):
    done = 0
    while done < amount:
        kept.append(b"%d" % done * 60)  # leak
        done += sys.getsizeof(kept[-1])
    return done


def leak_buffers(amount):
    import numpy
    done = 0
    while done < amount:
        kept.append(numpy.zeros(12_500))  # leak
        done += kept[-1].nbytes
    return done


def main():
    leak, rate, noise = (leak_buffers, 5 * MB, 50 * MB) if sys.argv[1] == "numpy" else (leak_objects, MB, 200 * MB)
    leak(1)
    leaked, started, step = 0, time.monotonic(), 0.05
    print("running", flush=True)
    for turn in range(1, 10**9):
        churn(noise * step)
        leaked += leak(rate * turn * step - leaked)
        if turn % 20 == 0:
            print(leaked, flush=True)
        time.sleep(max(0.0, started + turn * step - time.monotonic()))


main()
