"""The document tree: children know their parents."""

from typing import Iterator, Optional


class Element:
    def __init__(self, tag: str, text: str = "", parent: Optional["Element"] = None) -> None:
        self.tag = tag
        self.text = text
        self.parent = parent
        self.children: list["Element"] = []
        if parent is not None:
            parent.children.append(self)

    def walk(self) -> Iterator["Element"]:
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def depth(self) -> int:
        return 0 if self.parent is None else self.parent.depth + 1
