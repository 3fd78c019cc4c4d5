from fastapi import APIRouter

from .. import storage
from ..models import Point

router = APIRouter()


@router.post("/ingest/{host}", status_code=202)
async def ingest(host: str, points: list[Point]) -> dict:
    kept = storage.append(host, points)
    return {"accepted": len(points), "kept": kept}
