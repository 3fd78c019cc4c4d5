from fastapi import APIRouter

from ..tracing import tracer

router = APIRouter(prefix="/traces")


@router.get("/latest")
async def latest() -> list[dict]:
    return tracer.latest(20)
