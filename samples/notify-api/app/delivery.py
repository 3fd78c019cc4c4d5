import asyncio
import json
import logging

from .models import Notification
from .presence import presence_of

log = logging.getLogger(__name__)


async def deliver_when_online(user_id: int, notification: Notification) -> None:
    frame = json.dumps({"to": user_id, **notification.dict()}).encode()
    await presence_of(user_id).online.wait()
    await send(user_id, frame)


async def send(user_id: int, frame: bytes) -> None:
    log.info("%d bytes to user %d", len(frame), user_id)


def queue(user_id: int, notification: Notification) -> None:
    asyncio.create_task(deliver_when_online(user_id, notification))
