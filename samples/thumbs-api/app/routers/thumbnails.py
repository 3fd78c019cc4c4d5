from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from .. import thumbnails

router = APIRouter(prefix="/thumbnails")


class ImageIn(BaseModel):
    width: int = Field(gt=0, le=512)
    height: int = Field(gt=0, le=512)
    pixels: str


@router.post("")
def make(image: ImageIn) -> dict:
    try:
        brightness = thumbnails.make(image.width, image.height, image.pixels.encode("latin-1"))
    except thumbnails.TruncatedImage as error:
        raise HTTPException(status_code=422, detail=str(error)) from error
    return {"brightness": brightness}


@router.get("/statistics")
def statistics() -> dict:
    return dict(thumbnails.outcomes)
