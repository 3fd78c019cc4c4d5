from functools import lru_cache

from fastapi import APIRouter

router = APIRouter(prefix="/authors")


@lru_cache(maxsize=256)
def biography(author: int) -> str:
    return " ".join(f"In {1900 + (author * year) % 120} a book appeared." for year in range(1, 30))


@router.get("/{author}")
def get_author(author: int) -> dict:
    return {"author": author, "biography": biography(author)}
