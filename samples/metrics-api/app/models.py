from pydantic import BaseModel


class Point(BaseModel):
    metric: str
    value: float
    labels: dict[str, str] = {}


class Summary(BaseModel):
    host: str
    metrics: dict[str, float]
