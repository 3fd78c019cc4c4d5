from fastapi import APIRouter, Query

from ..cache import search, timings

router = APIRouter(tags=["search"])


@router.get("/query/{q}")
def query(q: str, limit: int = Query(20, ge=1, le=50)) -> dict:
    return search(q, limit)


@router.get("/search-statistics")
def statistics() -> dict:
    return dict(timings)
