"""Attachments on disk, in a folder that lives as long as the service."""

import os
import tempfile
from pathlib import Path

_folder = tempfile.TemporaryDirectory(prefix="attachments-")
MAGIC = {b"\x89PNG": "image/png", b"%PDF": "application/pdf", b"PK\x03\x04": "application/zip"}


def fill(count: int) -> None:
    heads = list(MAGIC)
    for number in range(count):
        path_of(number).write_bytes(heads[number % len(heads)] + os.urandom(6_000))


def path_of(attachment_id: int) -> Path:
    return Path(_folder.name) / f"{attachment_id}.bin"
