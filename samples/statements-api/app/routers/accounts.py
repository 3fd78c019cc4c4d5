from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse

from .. import ledger
from ..rendering import render_statement

router = APIRouter(prefix="/accounts")


@router.get("/{account}/statement", response_class=PlainTextResponse)
def statement(account: int, month: int = Query(0, ge=0, le=12)) -> str:
    return render_statement(account, month)


@router.get("/{account}/balance")
def balance(account: int) -> dict:
    return {"account": account, "cents": ledger.balance(account)}
