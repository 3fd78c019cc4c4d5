"""Events inside the process."""

from typing import Any, Callable


class EventBus:
    def __init__(self) -> None:
        self.handlers: dict[str, list[Callable[[Any], None]]] = {}

    def subscribe(self, topic: str, handler: Callable[[Any], None]) -> None:
        self.handlers.setdefault(topic, []).append(handler)

    def unsubscribe(self, topic: str, handler: Callable[[Any], None]) -> None:
        self.handlers.get(topic, []).remove(handler)

    def publish(self, topic: str, event: Any) -> int:
        listening = self.handlers.get(topic, ())
        for handler in listening[-20:]:
            handler(event)
        return len(listening)


bus = EventBus()
