"""Makes thumbnails of raw pixels."""

from collections import Counter

from . import native

outcomes: Counter[str] = Counter()


class TruncatedImage(ValueError):
    pass


def make(width: int, height: int, pixels: bytes) -> float:
    with native.image_buffer(width, height) as buffer:
        if len(pixels) < width * height * 3:
            outcomes["truncated"] += 1
            raise TruncatedImage(f"{len(pixels)} bytes are not {width} x {height} pixels")
        native.copy_in(buffer, pixels[: width * height * 3])
        outcomes["made"] += 1
        return native.average(buffer, width * height * 3)
