"""Profiles, read through a cache of the most recent ones."""

import random
from collections import OrderedDict
from threading import Lock


def read_from_database(user_id: int) -> dict:
    rng = random.Random(user_id)
    return {
        "id": user_id,
        "name": f"user{user_id}",
        "about": " ".join(rng.choices(("likes", "tea", "chess", "hills", "code", "rain"), k=120)),
        "badges": [{"name": f"badge-{rng.randrange(60)}", "level": rng.randrange(9)} for _ in range(10)],
    }


class ProfileCache:
    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._entries: OrderedDict[int, dict] = OrderedDict()
        self._lock = Lock()

    def get(self, user_id: int) -> dict:
        with self._lock:
            if user_id in self._entries:
                self._entries.move_to_end(user_id)
                return self._entries[user_id]
        profile = read_from_database(user_id)
        with self._lock:
            self._entries[user_id] = profile
            while len(self._entries) > self.capacity:
                self._entries.popitem(last=False)
        return profile

    def update(self, user_id: int, **changes) -> dict:
        profile = {**self.get(user_id), **changes}
        with self._lock:
            self._entries[user_id] = profile
        return profile


cache = ProfileCache(capacity=1500)
