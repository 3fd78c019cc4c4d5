from pydantic import BaseModel, Field


class Notification(BaseModel):
    subject: str = Field(max_length=120)
    text: str


class Accepted(BaseModel):
    user_id: int
    queued: bool
