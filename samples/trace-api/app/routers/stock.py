from fastapi import APIRouter, Query

from .. import warehouse

router = APIRouter(prefix="/stock")


@router.get("/{item}")
async def level(item: int) -> dict:
    return warehouse.level(item)


@router.get("/{item}/history")
async def history(item: int, days: int = Query(7, ge=1, le=60)) -> list[dict]:
    return warehouse.history(item, days)
