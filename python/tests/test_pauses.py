import gc
import unittest

from .parts import Case
from leakyspanner import _pauses, _ring


class PauseTests(Case):
    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(_pauses.ignore)
        self.ours = self.monitor()
        self.ours.wake()
        gc.disable()
        self.addCleanup(gc.enable)

    def test_older_generations_are_recorded(self) -> None:
        _pauses.watch(self.ours)
        _pauses.watch(self.ours)
        for _ in range(100):
            cycle: list = []
            cycle.append(cycle)
        del cycle
        gc.collect(0)
        gc.collect(1)
        for _ in range(100):
            cycle = []
            cycle.append(cycle)
        del cycle
        gc.collect()
        found = self.records()
        self.assertEqual([(record.kind, record.status) for record in found], [(_ring.KIND_COLLECTION, 1), (_ring.KIND_COLLECTION, 2)])
        self.assertGreaterEqual(found[1].size, 100)
        self.assertTrue(all(record.duration > 0 and record.delta == _ring.NOT_MEASURED for record in found))

    def test_afterwards_nothing_is_left(self) -> None:
        before = list(gc.callbacks)
        _pauses.watch(self.ours)
        self.assertEqual(len(gc.callbacks), len(before) + 1)
        _pauses.ignore()
        _pauses.ignore()
        self.assertEqual(gc.callbacks, before)

    def test_without_a_ring_nothing_happens(self) -> None:
        _pauses.watch(self.ours)
        ring = self.ours.ring
        self.ours.ring = None
        gc.collect()
        self.ours.ring = ring
        self.assertEqual(self.records(), [])


if __name__ == "__main__":
    unittest.main()
