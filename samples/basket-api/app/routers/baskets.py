from fastapi import APIRouter
from pydantic import BaseModel, Field

from ..baskets import store

router = APIRouter(prefix="/baskets")


class ItemIn(BaseModel):
    quantity: int = Field(gt=0)
    remark: str = ""


@router.put("/{basket}/items/{item}")
async def put_item(basket: str, item: int, incoming: ItemIn) -> dict:
    opened = store.open(basket)
    opened.items[item] = incoming.dict()
    return {"items": len(opened.items)}


@router.get("/{basket}")
async def get_basket(basket: str) -> dict:
    found = store.find(basket)
    return {"items": found.items if found else {}}
