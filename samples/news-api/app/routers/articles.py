from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from ..pages import pages

router = APIRouter(prefix="/articles")


@router.get("/{slug}", response_class=HTMLResponse)
async def article(slug: str) -> HTMLResponse:
    return HTMLResponse(pages.get(slug), headers={"Cache-Control": "max-age=60"})
