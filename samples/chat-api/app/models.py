from datetime import datetime

from pydantic import BaseModel, Field


class MessageIn(BaseModel):
    user: str = Field(min_length=1, max_length=64)
    text: str = Field(max_length=4000)


class Message(BaseModel):
    room: int
    user: str
    text: str
    sent_at: datetime


class Unread(BaseModel):
    user: str
    count: int
