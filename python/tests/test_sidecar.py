import json
import os
import subprocess
import sys
import threading
import time
import unittest
from typing import Any, Dict, List, Optional
from unittest import mock

from .parts import BOUND_SECONDS, Case, FakeSidecar, as_json, http, options
from leakyspanner import __version__, _folder, _monitor, _pauses, _sidecar
from leakyspanner._folder import Identity
from leakyspanner._monitor import Monitor
from leakyspanner._sidecar import Activation

# Stands in for the executable: leaves a process behind that answers a number of registrations, and writes down what it was given.
EXECUTABLE = """#!{python}
import json, os, socket, sys
notes = {notes!r}
with open(notes + "/starts", "a") as file:
    file.write(json.dumps([sys.argv[1:], os.environ.get("LEAKYSPANNER_API_KEY"), os.getsid(0) == os.getpid(), os.listdir("/proc/self/fd")]) + "\\n")
folder = sys.argv[sys.argv.index("--folder") + 1]
server = socket.socket(socket.AF_UNIX)
server.bind(folder + "/sidecar.sock")
server.listen(16)
server.settimeout({bound})
if os.fork():
    os._exit(0)
for _ in range({registrations}):
    connection, _ = server.accept()
    data = b""
    while not data.endswith(b"}}"):
        data += connection.recv(65536)
    with open(notes + "/registered", "ab") as file:
        file.write(data.partition(b"\\r\\n\\r\\n")[2] + b"\\n")
    answer = json.dumps({answer!r}).encode()
    connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(answer) + answer)
    connection.close()
os.unlink(folder + "/sidecar.sock")
"""

WELCOME: Dict[str, Any] = {"sidecar_pid": 0, "slot": 0, "metrics": None, "log_file": None, "warnings": []}


class ActivationTests(Case):
    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(_pauses.ignore)
        bases = mock.patch.object(_folder, "_bases", lambda: iter([self.folder]))
        bases.start()
        self.addCleanup(bases.stop)
        self.identity = Identity(os.getpid(), "1", "/", "main.py")
        self.service = os.path.join(self.folder, f"leakyspanner-{os.geteuid()}", self.identity.key("shop"))

    def script(self, text: str, mode: int = 0o755) -> str:
        path = os.path.join(self.folder, "leakyspanner")
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def stand_in(self, registrations: int = 1, **answer: Any) -> str:
        return self.script(
            EXECUTABLE.format(
                python=sys.executable, notes=self.folder, bound=BOUND_SECONDS, registrations=registrations, answer={**WELCOME, **answer}
            )
        )

    def activate(self, **changes: Any) -> Monitor:
        monitor = Monitor(options(**changes), Activation("shop", self.identity))
        _monitor.current = monitor
        monitor.wake()
        self.join()
        return monitor

    def join(self) -> None:
        for thread in threading.enumerate():
            if thread.name == "leakyspanner-start":
                thread.join(BOUND_SECONDS)
                self.assertFalse(thread.is_alive())

    def notes(self, name: str) -> List[Any]:
        try:
            with open(os.path.join(self.folder, name)) as file:
                return [json.loads(line) for line in file]
        except FileNotFoundError:
            return []

    def warning(self, **changes: Any) -> str:
        with self.assertLogs("leakyspanner", "WARNING") as logs:
            monitor = self.activate(**changes)
        self.assertEqual(len(logs.records), 1)
        self.assertTrue(monitor.off)
        self.assertIsNone(monitor.ring)
        # Nothing is left behind, and nothing of others is taken away.
        left = os.listdir(self.service) if os.path.exists(self.service) else []
        self.assertEqual([name for name in left if name not in ("sidecar.sock", "start.lock")], [])
        self.assertTrue("sidecar.sock" in left or not left)
        self.assertIsNone(monitor.wake())
        return logs.output[0]

    def test_the_sidecar_is_started_and_told(self) -> None:
        monitor = self.activate(
            executable=self.stand_in(), level="mid", interval_seconds=2.5, log_path=self.folder, api_key="secret", metrics_port=0, log_format="json"
        )
        self.assertFalse(monitor.off)
        (arguments, key, leads_session, descriptors), = self.notes("starts")
        self.assertEqual(
            arguments,
            ["sidecar", "--detach", "--folder", self.service, "--service=shop", "--root-pid", str(os.getpid()), "--log-path", self.folder,
             "--level", "mid", "--interval", "2.5", "--leak-threshold", "50", "--log-format", "json", "--log-max-mb", "100",
             "--metrics-host", "127.0.0.1", "--metrics-port", "0"],
        )  # fmt: skip
        self.assertEqual((key, leads_session), ("secret", True))
        # 0, 1, 2, and what listing takes.
        self.assertLessEqual(len(descriptors), 5)
        path = os.path.join(self.service, f"worker-{os.getpid()}.ring")
        self.assertEqual(self.notes("registered"), [{"pid": os.getpid(), "ring": path, "shim": __version__, "tracing": False}])
        self.assertEqual(monitor.socket, os.path.join(self.service, "sidecar.sock"))
        for folder in (self.service, os.path.dirname(self.service)):
            self.assertEqual(os.stat(folder).st_mode & 0o777, 0o700)

    def test_collections_are_watched_above_basic(self) -> None:
        self.activate(executable=self.stand_in(), level="basic")
        self.assertIsNone(_pauses._callback)

    def test_without_a_key_none_is_handed_down(self) -> None:
        with mock.patch.dict(os.environ, LEAKYSPANNER_API_KEY="of somebody else"):
            self.activate(executable=self.stand_in())
        self.assertIsNone(self.notes("starts")[0][1])

    def test_one_that_runs_is_not_started_again(self) -> None:
        os.makedirs(self.service, 0o700)
        os.chmod(os.path.dirname(self.service), 0o700)
        with FakeSidecar(os.path.join(self.service, "sidecar.sock"), lambda asked: as_json(200, WELCOME)) as sidecar:
            monitor = self.activate(executable=self.stand_in())
        self.assertEqual((len(sidecar.asked), self.notes("starts"), monitor.off), (1, [], False))

    def test_its_warnings_are_one_line_of_ours(self) -> None:
        with self.assertLogs("leakyspanner", "INFO") as logs:
            monitor = self.activate(executable=self.stand_in(warnings=["port 8001 is taken", "the log cannot\nbe written"], log_file="/x.log"))
        self.assertEqual([record.levelname for record in logs.records], ["WARNING", "INFO"])
        self.assertIn("port 8001 is taken; the log cannot be written", logs.output[0])
        self.assertIn("/x.log", logs.output[1])
        self.assertFalse(monitor.off)

    def test_no_executable(self) -> None:
        self.assertIn("does not exist", self.warning(executable=os.path.join(self.folder, "nothing")))

    def test_not_executable(self) -> None:
        self.assertIn("is not executable", self.warning(executable=self.script("", 0o644)))

    def test_nothing_that_runs(self) -> None:
        self.assertIn("cannot start", self.warning(executable=self.script("\x7fnonsense")))

    def test_an_executable_that_fails_says_why(self) -> None:
        path = self.script("#!/bin/sh\necho first >&2\necho libicu is missing >&2\nexit 3\n")
        self.assertIn("ended with code 3: libicu is missing", self.warning(executable=path))

    def test_an_executable_that_hangs_is_ended(self) -> None:
        path = self.script("#!/bin/sh\nexec sleep 1000\n")
        with mock.patch.object(_sidecar, "START_SECONDS", 0.2):
            self.assertIn("has not started within", self.warning(executable=path))

    def test_an_executable_that_does_nothing(self) -> None:
        with mock.patch.object(_sidecar, "ANSWER_SECONDS", 0.2):
            self.assertIn("cannot be reached", self.warning(executable=self.script("#!/bin/sh\n")))

    def test_answers_that_refuse(self) -> None:
        for answer, words in ((http(403, b"not yours"), "refuses this process: not yours"), (http(200, b"[]"), "makes no sense"), (http(200, b"{"), "makes no sense")):
            os.makedirs(self.service, 0o700, exist_ok=True)
            os.chmod(os.path.dirname(self.service), 0o700)
            path = os.path.join(self.service, "sidecar.sock")
            with self.subTest(answer=answer), FakeSidecar(path, lambda asked: answer):
                self.assertIn(words, self.warning())
            os.unlink(path)

    def test_a_folder_that_was_swept_meanwhile_is_made_again(self) -> None:
        os.makedirs(self.service, 0o700)
        os.chmod(os.path.dirname(self.service), 0o700)

        def end(asked: bytes) -> bytes:
            for name in os.listdir(self.service):
                os.unlink(os.path.join(self.service, name))
            os.rmdir(self.service)
            return b""

        with FakeSidecar(os.path.join(self.service, "sidecar.sock"), end):
            monitor = self.activate(executable=self.stand_in())
        self.assertFalse(monitor.off)
        self.assertTrue(monitor.ring is not None and os.path.exists(monitor.ring.path))

    def test_a_full_disk(self) -> None:
        with mock.patch("os.posix_fallocate", side_effect=OSError(28, "No space left on device")):
            self.assertIn("No space left on device", self.warning())

    def test_no_descriptor_left(self) -> None:
        for failing in ("os.pipe", "os.open"):
            with mock.patch(failing, side_effect=OSError(24, "Too many open files")), self.assertLogs("leakyspanner", "WARNING") as logs:
                monitor = self.activate(executable="/bin/true")
            self.assertEqual((len(logs.records), monitor.off), (1, True))

    def test_no_thread_left(self) -> None:
        with mock.patch.object(threading.Thread, "start", side_effect=RuntimeError("can't start new thread")):
            self.assertIn("can't start new thread", self.warning())

    def test_tracing_is_started_where_asked(self) -> None:
        import tracemalloc

        self.addCleanup(tracemalloc.stop)
        self.activate(executable=self.stand_in(), level="deep", tracemalloc=3)
        self.assertEqual((tracemalloc.is_tracing(), tracemalloc.get_traceback_limit()), (True, 3))
        self.assertTrue(self.notes("registered")[0]["tracing"])

    def test_workers_start_one_sidecar(self) -> None:
        executable = self.stand_in(registrations=4)
        code = (
            "import sys, threading; sys.path.insert(0, sys.argv[1])\n"
            "from leakyspanner import _folder, _monitor, _options, _sidecar\n"
            "_folder._bases = lambda: iter([sys.argv[2]])\n"
            "options = _options.Options(True, sys.argv[2], 'basic', 5, 50, None, 'text', 100, '127.0.0.1', 0, None, True, 0, 0, False, sys.argv[3])\n"
            "monitor = _monitor.Monitor(options, _sidecar.Activation('shop', _folder.identity()))\n"
            "monitor.wake()\n"
            "[thread.join() for thread in threading.enumerate() if thread.name == 'leakyspanner-start']\n"
            "print(monitor.socket)\n"
        )
        package = os.path.dirname(os.path.dirname(os.path.abspath(_sidecar.__file__)))
        command = [sys.executable, "-c", code, package, self.folder, executable]
        workers = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(4)]
        printed = [worker.communicate(timeout=2 * BOUND_SECONDS)[0].strip() for worker in workers]
        self.assertEqual(len(set(printed)), 1, printed)
        self.assertTrue(printed[0].endswith(b"/sidecar.sock"), printed)
        self.assertEqual(len(self.notes("starts")), 1)
        self.assertEqual({note["pid"] for note in self.notes("registered")}, {worker.pid for worker in workers})

    def test_a_forked_child_registers_itself(self) -> None:
        monitor = self.activate(executable=self.stand_in(registrations=2))
        child = os.fork()
        if child == 0:
            code = 1
            try:
                monitor.wake()
                self.join()
                code = 0 if monitor.socket and monitor.ring and f"worker-{os.getpid()}.ring" in monitor.ring.path else 2
            finally:
                os._exit(code)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual([note["pid"] for note in self.notes("registered")], [os.getpid(), child])
        self.assertEqual(len(self.notes("starts")), 1)

    def test_a_lock_is_not_kept_by_a_forked_child(self) -> None:
        monitor = Monitor(options(), Activation("shop", self.identity))
        path = os.path.join(self.folder, "start.lock")
        lock = _sidecar._StartLock(monitor, path)
        lock.__enter__()
        descriptor = monitor.lock_descriptor
        child = os.fork()
        if child == 0:
            try:
                os.fstat(descriptor)
                os._exit(1)
            except OSError:
                os._exit(0)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        lock.__exit__(None, None, None)
        self.assertEqual(monitor.lock_descriptor, -1)


class YamaTests(unittest.TestCase):
    def allow(self, scope: Optional[str], pid: int = 77) -> mock.Mock:
        library = mock.Mock()
        error = None if scope is not None else FileNotFoundError()
        opened = mock.mock_open(read_data=(scope or "").encode())
        opened.side_effect = error
        with mock.patch("builtins.open", opened), mock.patch("ctypes.CDLL", return_value=library):
            _sidecar._allow_reading(pid)
        return library.prctl

    def test_only_where_it_is_needed(self) -> None:
        for scope in (None, "0\n", "2\n", "3\n"):
            self.allow(scope).assert_not_called()
        self.allow("1\n", 0).assert_not_called()
        (option, pid, *_), _ = self.allow("1\n").call_args
        self.assertEqual((option.value, pid.value), (0x59616D61, 77))


class ExecutableTests(Case):
    def put(self, *folders: str) -> str:
        folder = os.path.join(self.folder, *folders)
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, "leakyspanner")
        with open(path, "w") as file:
            file.write("#!/bin/sh\n")
        os.chmod(path, 0o755)
        return path

    def find(self) -> str:
        module = os.path.join(self.folder, "lib", "python3.11", "site-packages", "leakyspanner", "_sidecar.py")
        with mock.patch.object(_sidecar, "__file__", module), mock.patch.dict(os.environ, PATH=os.path.join(self.folder, "path")), mock.patch(
            "sys.executable", os.path.join(self.folder, "python", "python3")
        ):
            return _sidecar.find_executable(None)

    def test_the_nearest_is_taken(self) -> None:
        for folders in (("path",), ("python",), ("lib", "python3.11", "site-packages", "bin"), ("bin",)):
            self.assertEqual(self.put(*folders), self.find())

    def test_nowhere(self) -> None:
        with mock.patch("sysconfig.get_scheme_names", return_value=()), self.assertRaises(_sidecar.CannotStart) as caught:
            self.find()
        self.assertIn("LEAKYSPANNER_EXECUTABLE", str(caught.exception))


class FolderTests(Case):
    def test_little_shared_memory_is_left_alone(self) -> None:
        for blocks, used in ((16, False), (1023, False), (1024, True), (0, True)):
            found = mock.Mock(f_blocks=blocks, f_frsize=4096)
            with self.subTest(blocks=blocks), mock.patch.object(os, "statvfs", return_value=found), mock.patch.object(os, "access", return_value=True):
                self.assertEqual("/dev/shm" in list(_folder._bases()), used)

    def setUp(self) -> None:
        super().setUp()
        self.parent = os.path.join(self.folder, f"leakyspanner-{os.geteuid()}")
        process = subprocess.Popen(["/bin/true"])
        process.wait()
        self.dead = process.pid

    def folder_of(self, *bases: str) -> str:
        with mock.patch.object(_folder, "_bases", lambda: iter(bases or [self.folder])):
            return _folder.folder_of("0123456789abcdef")

    def put(self, key: str, *names: str, age: float = 3600) -> str:
        folder = os.path.join(self.parent, key)
        os.makedirs(folder, 0o700, exist_ok=True)
        os.chmod(self.parent, 0o700)
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "w"):
                pass
            os.utime(path, (time.time() - age,) * 2)
        os.utime(folder, (time.time() - age,) * 2)
        return folder

    def test_made_for_us_alone(self) -> None:
        with mock.patch.object(os, "umask", wraps=os.umask):
            before = os.umask(0)
            try:
                folder = self.folder_of()
            finally:
                os.umask(before)
        self.assertEqual((os.stat(folder).st_mode & 0o777, os.stat(self.parent).st_mode & 0o777), (0o700, 0o700))
        self.assertEqual(self.folder_of(), folder)

    def test_a_folder_that_others_may_enter_is_not_used(self) -> None:
        os.mkdir(self.parent)
        os.chmod(self.parent, 0o755)
        self.assertRaises(OSError, self.folder_of)
        os.rmdir(self.parent)
        os.symlink("/tmp", self.parent)
        self.assertRaises(OSError, self.folder_of)

    def test_the_next_place_where_the_first_cannot_be_used(self) -> None:
        self.assertTrue(self.folder_of(os.path.join(self.folder, "missing"), self.folder).startswith(self.parent))
        self.assertTrue(self.folder_of("/" + "x" * 90, self.folder).startswith(self.parent))

    def test_left_by_the_dead(self) -> None:
        gone = self.put("a" * 16, f"worker-{self.dead}.ring", "start.lock", "sidecar.sock", "sidecar.err")
        living = self.put("b" * 16, f"worker-{self.dead}.ring", f"worker-{os.getpid()}.ring")
        young = self.put("c" * 16, f"worker-{self.dead}.ring", age=1)
        served = self.put("d" * 16, f"worker-{self.dead}.ring", "sidecar.lock")
        mine = self.put("0123456789abcdef", f"worker-{self.dead}.ring", f"worker-{os.getpid()}.ring", "other")
        with _sidecar._StartLock(Monitor(options(), lambda monitor: None), os.path.join(served, "sidecar.lock")):
            self.folder_of()
        self.assertEqual([os.path.exists(folder) for folder in (gone, living, young, served)], [False, True, True, True])
        self.assertEqual(sorted(os.listdir(mine)), ["other", f"worker-{os.getpid()}.ring"])

    def test_a_folder_that_others_use_is_not_left(self) -> None:
        for names, stays in ((("start.lock", "sidecar.err"), False), (("start.lock", "worker-5.ring"), True), (("sidecar.sock",), True)):
            folder = self.put("e" * 16, *names)
            _folder.leave(folder)
            self.assertEqual(os.path.exists(folder), stays)
            if stays:
                self.assertEqual(sorted(os.listdir(folder)), sorted(names))
                for name in names:
                    os.unlink(os.path.join(folder, name))

    def test_keys_tell_services_apart(self) -> None:
        one = Identity(5, "100", "/srv/a", "main.py")
        others = [one._replace(root=6), one._replace(root_started="101"), one._replace(directory="/srv/b"), one._replace(arguments="x.py")]
        keys = {one.key("shop"), one.key("other"), *(other.key("shop") for other in others)}
        self.assertEqual(len(keys), 6)
        self.assertEqual(one.key("shop"), Identity(*one).key("shop"))
        self.assertRegex(one.key("shop"), "^[0-9a-f]{16}$")

    def test_the_root_of_a_worker_is_its_supervisor(self) -> None:
        code = "import sys; sys.path.insert(0, sys.argv[1]); from leakyspanner import _folder; print(_folder.identity().root)"
        package = os.path.dirname(os.path.dirname(os.path.abspath(_folder.__file__)))
        self.assertEqual(int(subprocess.check_output([sys.executable, "-c", code, package])), os.getpid())
        shell = subprocess.Popen(
            ["/bin/sh", "-c", '"$@" & echo $!; wait', "sh", sys.executable, "-c", code, package], stdout=subprocess.PIPE, universal_newlines=True
        )
        own, root = shell.communicate(timeout=BOUND_SECONDS)[0].split()
        self.assertEqual(own, root)

    def test_the_start_of_a_process_is_known(self) -> None:
        self.assertTrue(_folder._started(os.getpid()).isdigit())
        self.assertEqual(_folder._started(self.dead), "")


if __name__ == "__main__":
    unittest.main()
