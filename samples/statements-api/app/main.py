from fastapi import Depends, FastAPI, Header

from .routers import accounts


async def language(accept_language: str = Header("en")) -> str:
    return accept_language.split(",")[0]


app = FastAPI(title="statements-api", dependencies=[Depends(language)])
app.include_router(accounts.router)
