from fastapi import APIRouter

from ..models import Summary
from ..summaries import summarise

router = APIRouter(prefix="/hosts")


@router.get("/{host}/summary", response_model=Summary)
def summary(host: str) -> Summary:
    return Summary(host=host, metrics=summarise(host))
