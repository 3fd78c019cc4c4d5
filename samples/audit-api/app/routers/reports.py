from fastapi import APIRouter, Query

from .. import audit

router = APIRouter(prefix="/audit", tags=["audit"])


@router.get("")
async def page(count: int = Query(50, ge=1, le=500)) -> list[dict]:
    return audit.latest(count)
