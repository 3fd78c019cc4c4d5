from fastapi import APIRouter
from pydantic import BaseModel

from ..importer import importer

router = APIRouter(prefix="/imports")


class Upload(BaseModel):
    csv: str


@router.post("/contacts")
def contacts(upload: Upload) -> dict:
    count, problem = importer.run(upload.csv)
    return {"imported": count, "problem": problem}


@router.get("/failures")
def failures() -> dict:
    return {"count": len(importer.failures), "latest": [str(error) for error in importer.failures[-5:]]}
