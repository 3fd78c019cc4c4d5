from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from .. import reports

router = APIRouter(prefix="/reports")


class ReportIn(BaseModel):
    rows: int = Field(ge=0, le=5000)


@router.post("/{number}", status_code=201)
def build(number: int, incoming: ReportIn) -> dict:
    return {"number": number, "bytes": reports.build(number, incoming.rows)}


@router.get("/{number}/digest")
def digest(number: int) -> dict:
    if number not in reports.digests:
        raise HTTPException(status_code=404, detail="no such report")
    return {"number": number, "digest": reports.digests[number][:32].hex()}
