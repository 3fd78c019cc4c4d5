from fastapi import APIRouter
from pydantic import BaseModel

from .. import window

router = APIRouter(prefix="/readings")


class Reading(BaseModel):
    device: str
    values: list[float]
    raw: str = ""


@router.post("", status_code=202)
async def accept(reading: Reading) -> dict:
    window.add(reading.dict())
    return {"accepted": True}


@router.get("/average")
async def average() -> dict:
    return {"average": window.average()}
