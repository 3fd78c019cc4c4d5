from fastapi import APIRouter, HTTPException

from .. import catalogue
from ..models import Product

router = APIRouter(prefix="/products", tags=["products"])


@router.get("/{product_id}", response_model=Product)
async def product(product_id: int) -> Product:
    found = catalogue.find(product_id)
    if found is None:
        raise HTTPException(status_code=404, detail="no such product")
    return found
