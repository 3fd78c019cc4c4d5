from fastapi import APIRouter
from pydantic import BaseModel

from .. import storage

router = APIRouter()


class Upload(BaseModel):
    name: str
    content: str


@router.post("/uploads/{number}", status_code=201)
async def upload(number: int, incoming: Upload) -> dict:
    digest = await storage.put(incoming.name, incoming.content.encode())
    return {"number": number, "digest": digest}


@router.get("/quota")
async def quota() -> dict:
    return vars(storage.quota)
