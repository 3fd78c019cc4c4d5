"""python3 -m tests: all of them, and what came of it in one last line."""

import os
import platform
import sys
import unittest
from typing import Any


class Counting(unittest.TextTestResult):
    # unittest's own count of tests run includes skipped ones in some versions and not in others.
    succeeded = 0

    def addSuccess(self, test: Any) -> None:
        super().addSuccess(test)
        self.succeeded += 1


if __name__ == "__main__":
    folder = os.path.dirname(os.path.abspath(__file__))
    suite = unittest.TestLoader().discover(folder, top_level_dir=os.path.dirname(folder))
    result: Any = unittest.TextTestRunner(resultclass=Counting, verbosity=0, stream=sys.stderr).run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    print(f"python {platform.python_version()}: {result.succeeded} passed, {failed} failed, {len(result.skipped)} skipped", flush=True)
    sys.exit(1 if failed or not result.succeeded else 0)
