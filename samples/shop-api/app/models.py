from pydantic import BaseModel, Field


class Product(BaseModel):
    id: int
    name: str
    price_cents: int
    tags: list[str] = []


class OrderRequest(BaseModel):
    product_id: int
    quantity: int = Field(gt=0, le=100)


class OrderConfirmation(BaseModel):
    reference: str
    total_cents: int
    currency: str
