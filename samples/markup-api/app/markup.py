"""A little Markdown."""

import html
import re

from .tree import Element

EMPHASIS = re.compile(r"\*([^*]+)\*")


def parse(text: str) -> Element:
    document = Element("article")
    bullets = None
    for line in text.splitlines():
        if line.startswith("#"):
            level = len(line) - len(line.lstrip("#"))
            Element(f"h{min(level, 6)}", line.lstrip("# "), document)
        elif line.startswith("- "):
            bullets = bullets or Element("ul", parent=document)
            item = Element("li", parent=bullets)
            for word in line[2:].split():
                Element("span", word, item)
            continue
        elif line.strip():
            paragraph = Element("p", parent=document)
            for word in line.split():
                Element("span", word, paragraph)
        bullets = None
    return document


def render(element: Element) -> str:
    inner = EMPHASIS.sub(r"<em>\1</em>", html.escape(element.text))
    return f"<{element.tag}>{inner}{''.join(render(child) for child in element.children)}</{element.tag}>"
