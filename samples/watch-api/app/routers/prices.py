from fastapi import APIRouter
from pydantic import BaseModel

from ..bus import bus

router = APIRouter()


class PriceIn(BaseModel):
    price: float


@router.post("/prices/{symbol}")
async def update(symbol: str, incoming: PriceIn) -> dict:
    return {"listeners": bus.publish(f"price:{symbol}", incoming.price)}
