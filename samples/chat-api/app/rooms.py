"""Rooms show their latest messages only."""

from collections import deque

from .models import Message


class Room:
    def __init__(self, number: int) -> None:
        self.number = number
        self.latest: deque[Message] = deque(maxlen=50)


ROOMS = {number: Room(number) for number in range(12)}


def get_room(number: int) -> Room | None:
    return ROOMS.get(number)
