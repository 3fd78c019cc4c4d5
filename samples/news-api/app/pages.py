"""Rendered pages, the ones read last at the end."""

import html
from collections import OrderedDict

from . import content


class PageCache:
    def __init__(self) -> None:
        self._pages: OrderedDict[str, str] = OrderedDict()

    def get(self, slug: str) -> str:
        if slug in self._pages:
            self._pages.move_to_end(slug)
            return self._pages[slug]
        article = content.load(slug)
        body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in article["paragraphs"])
        page = f"<!doctype html><title>{html.escape(article['headline'])}</title>{body}"
        self._pages[slug] = page
        return page


pages = PageCache()
