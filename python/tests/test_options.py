import os
import unittest
from typing import Any, Dict, Optional

from .parts import arguments
from leakyspanner import _options
from leakyspanner._options import Options


def read(environment: Optional[Dict[str, str]] = None, **changes: Any) -> Optional[Options]:
    return _options.read({**arguments(level="mid"), **changes}, environment or {})


class OptionsTests(unittest.TestCase):
    def refused(self, *words: str, environment: Optional[Dict[str, str]] = None, **changes: Any) -> str:
        with self.assertRaises(ValueError) as caught:
            read(environment, **changes)
        for word in words:
            self.assertIn(word, str(caught.exception))
        return str(caught.exception)

    def test_defaults(self) -> None:
        found = read()
        assert found is not None
        self.assertEqual(found.log_path, os.path.abspath("leakyspanner_logs"))
        self.assertEqual((found.level, found.interval_seconds, found.leak_threshold_mb, found.tracemalloc), ("mid", 5.0, 50.0, 0))

    def test_every_wrong_option_is_named_at_once(self) -> None:
        self.refused(
            "level='verbose': allowed are basic, mid, deep", "interval_seconds=-1", "seconds from 0.1 to 86400", "metrics_port='8001'",
            level="verbose", interval_seconds=-1, metrics_port="8001",
        )  # fmt: skip

    def test_wrong_values(self) -> None:
        wrong = {
            "enabled": ["yes", 1, None],
            "log_path": ["", "  ", 7, None, "a\0b", b"bytes"],
            "level": ["", "MID", None],
            "interval_seconds": [0, -1, float("nan"), float("inf"), True, "5", None],
            "leak_threshold_mb": [0, -50, "50"],
            "service": ["", "a\nb", "x" * 101, 5],
            "log_format": ["xml"],
            "log_max_mb": [0, -1],
            "metrics_host": ["example.com", "", None, 0, "1.2.3"],
            "metrics_port": [-1, 65536, 80.0, True],
            "api_key": ["", "with space", "line\nbreak", "schlüssel", 5],
            "debug_endpoints": ["on"],
            "sample_kb": [-1, 3, "128", True, 2**21],
            "tracemalloc": [0, -1, 101, "deep", 1.5],
            "include_in_schema": [0],
            "executable": ["", 5],
        }
        self.assertEqual(set(wrong), set(arguments()))
        for name, values in wrong.items():
            for value in values:
                with self.subTest(name=name, value=value):
                    self.refused(f"{name}=", "allowed", **{name: value})

    def test_the_environment_wins(self) -> None:
        found = read(
            {
                "LEAKYSPANNER_LEVEL": "DEEP",
                "LEAKYSPANNER_INTERVAL_SECONDS": "2.5",
                "LEAKYSPANNER_METRICS_PORT": "0",
                "LEAKYSPANNER_DEBUG_ENDPOINTS": "off",
                "LEAKYSPANNER_TRACEMALLOC": "7",
                "LEAKYSPANNER_API_KEY": "secret",
                "LEAKYSPANNER_LOG_PATH": "/var/log/leaks",
                "LEAKYSPANNER_SERVICE": "",
            },
            level="nonsense",
            service="shop",
        )
        assert found is not None
        self.assertEqual(
            (found.level, found.interval_seconds, found.metrics_port, found.debug_endpoints, found.tracemalloc, found.api_key),
            ("deep", 2.5, 0, False, 7, "secret"),
        )
        self.assertEqual((found.log_path, found.service), ("/var/log/leaks", "shop"))

    def test_wrong_environment_names_the_variable(self) -> None:
        self.refused(
            "LEAKYSPANNER_LEVEL='loud'", "LEAKYSPANNER_ENABLED='maybe'", "LEAKYSPANNER_METRICS_PORT='http'", "LEAKYSPANNER_TRACEMALLOC='many'",
            environment={
                "LEAKYSPANNER_LEVEL": "loud",
                "LEAKYSPANNER_ENABLED": "maybe",
                "LEAKYSPANNER_METRICS_PORT": "http",
                "LEAKYSPANNER_TRACEMALLOC": "many",
            },
        )  # fmt: skip

    def test_allocations_are_sampled_or_traced(self) -> None:
        for level, tracing, kilobytes, expected in (
            ("deep", None, None, (0, 128)), ("mid", None, None, (0, 128)), ("mid", False, 512, (0, 512)), ("mid", None, 0, (0, 0)),
            ("deep", True, None, (1, 0)), ("mid", 5, 64, (5, 64)), ("basic", 5, None, (5, 0)), ("basic", None, 64, (0, 0)),
        ):  # fmt: skip
            with self.subTest(level=level, tracing=tracing, kilobytes=kilobytes):
                found = read(level=level, tracemalloc=tracing, sample_kb=kilobytes)
                assert found is not None
                self.assertEqual((found.tracemalloc, found.sample_kb), expected)

    def test_turned_off_by_the_environment_nothing_else_matters(self) -> None:
        for word in ("0", "false", "No", "OFF"):
            self.assertIsNone(read({"LEAKYSPANNER_ENABLED": word, "LEAKYSPANNER_LEVEL": "loud"}, interval_seconds=-1))

    def test_turned_off_in_code_arguments_are_still_checked(self) -> None:
        self.refused("level", enabled=False, level="loud")
        self.assertIsNone(read({"LEAKYSPANNER_LEVEL": "loud"}, enabled=False))

    def test_turned_on_by_the_environment(self) -> None:
        self.assertIsNotNone(read({"LEAKYSPANNER_ENABLED": "1"}, enabled=False))

    def test_other_machines_need_a_key(self) -> None:
        for host in ("0.0.0.0", "::", "10.1.2.3"):
            self.refused("api_key=None", "LEAKYSPANNER_API_KEY", metrics_host=host)
            self.assertIsNotNone(read(metrics_host=host, api_key="secret"))
            self.assertIsNotNone(read(metrics_host=host, metrics_port=0))
        for host in ("127.0.0.1", "127.1.2.3", "::1", "localhost"):
            self.assertIsNotNone(read(metrics_host=host))

    def test_a_wrong_key_is_not_printed(self) -> None:
        message = self.refused("api_key=", api_key="hunter 2", metrics_host="0.0.0.0")
        self.assertNotIn("hunter", message)
        self.assertEqual(message.count("api_key"), 1)


if __name__ == "__main__":
    unittest.main()
