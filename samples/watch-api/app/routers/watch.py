from fastapi import APIRouter, Query

from ..watcher import Watcher

router = APIRouter()


@router.get("/watch/{symbol}")
async def watch(symbol: str, ticks: int = Query(10, ge=1, le=100)) -> dict:
    return Watcher(symbol, ticks).start().summary()
