import logging
import uuid

from fastapi import APIRouter, Depends, HTTPException

from .. import catalogue
from ..models import OrderConfirmation, OrderRequest
from ..settings import Settings, get_settings

log = logging.getLogger(__name__)
router = APIRouter(prefix="/orders", tags=["orders"])


@router.post("", response_model=OrderConfirmation)
async def place(order: OrderRequest, settings: Settings = Depends(get_settings)) -> OrderConfirmation:
    product = catalogue.find(order.product_id)
    if product is None:
        raise HTTPException(status_code=404, detail="no such product")
    confirmation = OrderConfirmation(
        reference=uuid.uuid4().hex,
        total_cents=product.price_cents * order.quantity,
        currency=settings.currency,
    )
    log.debug("order %s: %d x %s", confirmation.reference, order.quantity, product.name)
    return confirmation
