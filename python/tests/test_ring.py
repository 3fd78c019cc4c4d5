import os
import struct
import threading
import unittest
from unittest import mock

from .parts import Case, names, records
from leakyspanner import _ring
from leakyspanner._ring import Ring


class RingTests(Case):
    def new(self) -> Ring:
        return Ring(os.path.join(self.folder, "worker-1.ring"))

    def write(self, ring: Ring, **changes: int) -> None:
        values = dict(started=1, duration=2, size=3, delta=-4096, endpoint=0, overlapped=5, status=200, kind=0, flags=1)
        values.update(changes)
        ring.write(**values)

    def test_header_is_as_agreed(self) -> None:
        ring = self.new()
        with open(ring.path, "rb") as file:
            data = file.read()
        self.assertEqual(len(data), 4096 + 8192 * 64 + 65536)
        self.assertEqual(struct.unpack_from("<8sIIIIIII", data), (b"LEAKYSP1", 1, 4096, 64, 8192, 4096 + 8192 * 64, 65536, os.getpid()))
        self.assertEqual(os.stat(ring.path).st_mode & 0o777, 0o600)

    def test_records_are_found_as_written(self) -> None:
        ring = self.new()
        self.write(ring)
        self.assertEqual([tuple(record) for record in records(ring)], [(1, 1, 2, 3, -4096, 0, 5, 200, 0, 1, 0, 1)])

    def test_the_oldest_are_overwritten(self) -> None:
        ring = self.new()
        for _ in range(_ring.RECORDS + 3):
            self.write(ring)
        found = records(ring)
        self.assertEqual([found[0].number, found[-1].number, len(found)], [4, _ring.RECORDS + 3, _ring.RECORDS])

    def test_what_is_no_number_is_still_a_record(self) -> None:
        ring = self.new()
        self.write(ring, status=70000, overlapped=-1)
        self.write(ring, status="200 OK")  # type: ignore[arg-type]
        self.assertEqual([(record.number, record.status, record.overlapped) for record in records(ring)], [(1, 0, 0), (2, 0, 5)])

    def test_names_are_appended_once(self) -> None:
        ring = self.new()
        self.assertEqual([ring.endpoint("GET", "/a"), ring.endpoint("GET", "/b"), ring.endpoint("GET", "/a")], [2, 3, 2])
        self.assertEqual(names(ring), ["(unmatched)", "(other)", "GET /a", "GET /b"])

    def test_names_without_room_are_other(self) -> None:
        ring = self.new()
        indexes = [ring.name(f"{number:0400d}") for number in range(400)]
        self.assertEqual(indexes[-1], _ring.OTHER)
        self.assertEqual(len(names(ring)), max(indexes) + 1)

    def test_long_names_are_cut_between_characters(self) -> None:
        ring = self.new()
        ring.name("ä" * 600)
        self.assertEqual(names(ring)[2], "ä" * 256)

    def test_threads_take_every_number_once(self) -> None:
        ring = self.new()
        start = threading.Barrier(8)

        def work() -> None:
            start.wait()
            for i in range(500):
                self.write(ring, endpoint=ring.endpoint("GET", f"/{i % 50}"))

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = records(ring)
        self.assertEqual([record.number for record in found], list(range(1, 4001)))
        self.assertTrue(all(record.number == record.number_again for record in found))
        self.assertEqual(len(names(ring)), 52)
        self.assertEqual(len(set(names(ring))), 52)

    def test_a_file_of_an_earlier_process_is_replaced(self) -> None:
        self.write(self.new())
        self.assertEqual(records(self.new()), [])

    def test_a_full_disk_is_an_error_and_leaves_nothing(self) -> None:
        with mock.patch("os.posix_fallocate", side_effect=OSError(28, "No space left on device")):
            self.assertRaises(OSError, self.new)
        self.assertEqual(os.listdir(self.folder), [])

    def test_where_space_cannot_be_reserved_it_is_written(self) -> None:
        with mock.patch("os.posix_fallocate", side_effect=OSError(95, "Operation not supported")):
            ring = self.new()
        self.assertEqual(os.stat(ring.path).st_blocks * 512 >= _ring.FILE_SIZE, True)

    def test_a_link_is_not_followed(self) -> None:
        other = os.path.join(self.folder, "precious")
        with open(other, "w") as file:
            file.write("precious")
        os.symlink(other, os.path.join(self.folder, "worker-1.ring"))
        self.new()
        with open(other) as file:
            self.assertEqual(file.read(), "precious")


if __name__ == "__main__":
    unittest.main()
