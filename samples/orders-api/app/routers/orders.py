from fastapi import APIRouter

from ..fulfilment import fulfilment
from ..schemas import OrderIn, OrderOut

router = APIRouter(prefix="/orders")


@router.post("", response_model=OrderOut, status_code=201)
async def place(incoming: OrderIn) -> OrderOut:
    order = fulfilment.place(incoming)
    return OrderOut(reference=order.reference, state=order.state, total_cents=order.total_cents)


@router.get("/statistics")
async def statistics() -> dict:
    return fulfilment.statistics()
