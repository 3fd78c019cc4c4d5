from fastapi import APIRouter, HTTPException, Query

from ..library import SHELVES, library

router = APIRouter(prefix="/shelves")
PAGE = 20


@router.get("/{number}/books")
def books(number: int, page: int = Query(0, ge=0)) -> list[dict]:
    if not 0 <= number < SHELVES:
        raise HTTPException(status_code=404, detail="no such shelf")
    return [vars(book) for book in library.shelf(number)[page * PAGE : (page + 1) * PAGE]]
