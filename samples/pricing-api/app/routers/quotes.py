from fastapi import APIRouter, Query

from ..pricing import retail
from ..rates import RATES

router = APIRouter()


@router.get("/quotes/{sku}")
async def get_quote(sku: str, amount: int = Query(1, ge=0), customer: str = "walk-in") -> dict:
    return retail(sku, amount, customer)


@router.get("/rates")
async def get_rates() -> dict[str, float]:
    return RATES
