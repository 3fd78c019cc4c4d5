"""What the server knows about each user who has spoken."""

from datetime import datetime, timezone

from .models import Message


class Session:
    def __init__(self, user: str) -> None:
        self.user = user
        self.since = datetime.now(timezone.utc)
        self.history: list[Message] = []
        self.unread = 0

    def remember(self, message: Message) -> None:
        self.history.append(message)
        self.unread = min(self.unread + 1, 99)


class SessionRegistry:
    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}

    def open(self, user: str) -> Session:
        session = self.sessions.get(user)
        if session is None:
            session = Session(user)
            self.sessions[user] = session
        return session

    def find(self, user: str) -> Session | None:
        return self.sessions.get(user)


registry = SessionRegistry()


def get_registry() -> SessionRegistry:
    return registry
