from collections import deque

from fastapi import APIRouter

from ..models import SubscriptionIn
from ..polling import FeedPoller

router = APIRouter(prefix="/subscriptions")
latest_urls: deque[str] = deque(maxlen=100)


@router.post("", status_code=201)
async def subscribe(incoming: SubscriptionIn) -> dict:
    FeedPoller(incoming.url, incoming.every_seconds).start()
    latest_urls.append(incoming.url)
    return {"url": incoming.url}


@router.get("/latest")
async def latest() -> list[str]:
    return list(latest_urls)
