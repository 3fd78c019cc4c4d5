from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from .. import network
from ..planning import plan

router = APIRouter()


class PlanRequest(BaseModel):
    origin: int
    destination: int


@router.post("/plans")
def make_plan(request: PlanRequest) -> dict:
    if request.origin not in network.STOPS or request.destination not in network.STOPS:
        raise HTTPException(status_code=404, detail="no such stop")
    legs = plan(request.origin, request.destination)
    return {"legs": legs, "minutes": sum(leg["minutes"] for leg in legs)}


@router.get("/stops/{stop}")
def stop(stop: int) -> dict:
    if stop not in network.STOPS:
        raise HTTPException(status_code=404, detail="no such stop")
    return network.STOPS[stop]
