from pydantic import BaseModel, Field


class LineIn(BaseModel):
    sku: str
    quantity: int = Field(gt=0)
    price_cents: int = Field(ge=0)


class OrderIn(BaseModel):
    customer: str
    lines: list[LineIn]
    note: str = ""


class OrderOut(BaseModel):
    reference: str
    state: str
    total_cents: int
