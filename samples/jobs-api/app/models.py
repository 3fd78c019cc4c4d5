from dataclasses import dataclass, field
from time import time

from pydantic import BaseModel


class JobIn(BaseModel):
    kind: str
    payload: str


@dataclass
class Job:
    number: int
    kind: str
    payload: str
    queued_at: float = field(default_factory=time)
    result: dict | None = None
