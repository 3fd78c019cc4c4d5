from datetime import datetime

from pydantic import BaseModel


class DocumentIn(BaseModel):
    title: str
    body: str


class Document(DocumentIn):
    id: int
    version: int
    changed_at: datetime
