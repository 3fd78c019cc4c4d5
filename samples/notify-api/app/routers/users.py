from fastapi import APIRouter

from .. import delivery
from ..models import Accepted, Notification
from ..presence import presence_of

router = APIRouter(prefix="/users/{user_id}")


@router.post("/notifications", response_model=Accepted, status_code=202)
async def notify(user_id: int, notification: Notification) -> Accepted:
    delivery.queue(user_id, notification)
    return Accepted(user_id=user_id, queued=True)


@router.get("/presence")
async def presence(user_id: int) -> dict:
    return {"user_id": user_id, "online": presence_of(user_id).is_online}
