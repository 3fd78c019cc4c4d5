"""Finds out what an attachment is by its first bytes."""

from typing import BinaryIO

from . import spool


class Sniffer:
    def __init__(self) -> None:
        self._opened: list[BinaryIO] = []

    def media_type(self, attachment_id: int) -> str:
        file = open(spool.path_of(attachment_id), "rb", buffering=32_768)
        self._opened.append(file)
        head = file.read(4)
        return spool.MAGIC.get(head, "application/octet-stream")


sniffer = Sniffer()
