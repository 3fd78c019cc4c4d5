import time

from fastapi import APIRouter
from pydantic import BaseModel

from ..buffer import writer

router = APIRouter(prefix="/events")


class Event(BaseModel):
    kind: str
    page: str
    payload: str


@router.post("", status_code=202)
def accept(event: Event) -> dict:
    writer.add({"at": time.time(), **event.dict()})
    return {"accepted": True}


@router.get("/statistics")
def statistics() -> dict:
    return {"written": writer.written}
