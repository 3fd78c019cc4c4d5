from pydantic import BaseModel, Field


class SubscriptionIn(BaseModel):
    url: str
    every_seconds: int = Field(ge=60)
