from fastapi import APIRouter
from pydantic import BaseModel

from ..profiles import cache

router = APIRouter(prefix="/profiles/{user_id}")


class Changes(BaseModel):
    about: str


@router.get("")
def profile(user_id: int) -> dict:
    return cache.get(user_id)


@router.get("/badges")
def badges(user_id: int) -> list[dict]:
    return cache.get(user_id)["badges"]


@router.patch("")
def change(user_id: int, changes: Changes) -> dict:
    return cache.update(user_id, **changes.dict())
