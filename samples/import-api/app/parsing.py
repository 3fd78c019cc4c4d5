"""Contacts from CSV text."""

import csv
import io
import re

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


class BadRow(ValueError):
    def __init__(self, number: int, column: str) -> None:
        super().__init__(f"row {number}: {column} is not valid")
        self.number = number


def parse(text: str) -> list[dict]:
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    contacts = []
    for number, row in enumerate(rows, start=1):
        if not ADDRESS.fullmatch(row["email"] or ""):
            raise BadRow(number, "email")
        contacts.append({"name": row["name"].strip(), "email": row["email"].lower()})
    return contacts
