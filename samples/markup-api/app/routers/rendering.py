from fastapi import APIRouter
from pydantic import BaseModel

from .. import markup

router = APIRouter()


class Source(BaseModel):
    text: str


@router.post("/render")
async def render(source: Source) -> dict:
    document = markup.parse(source.text)
    return {"html": markup.render(document), "elements": sum(1 for _ in document.walk())}


@router.get("/health")
async def health() -> dict:
    return {"status": "ok"}
