"""Runs jobs and remembers how they went."""

import itertools
from collections import deque

from .models import Job
from .workers import WORKERS


class Runner:
    def __init__(self) -> None:
        self.finished = deque()
        self._numbers = itertools.count(1)

    def run(self, kind: str, payload: str) -> Job:
        job = Job(number=next(self._numbers), kind=kind, payload=payload)
        job.result = WORKERS[kind](payload)
        self.complete(job)
        return job

    def complete(self, job: Job) -> None:
        self.finished.append(job)

    def latest(self, count: int) -> list[Job]:
        return [self.finished[-index] for index in range(1, min(count, len(self.finished)) + 1)]


runner = Runner()
