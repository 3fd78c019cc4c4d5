import json
import logging
from datetime import datetime, timezone

from fastapi import APIRouter, Depends, HTTPException

from ..models import Message, MessageIn
from ..rooms import get_room
from ..sessions import SessionRegistry, get_registry

log = logging.getLogger(__name__)
router = APIRouter(prefix="/rooms", tags=["rooms"])


@router.post("/{room}/messages", status_code=201)
async def post_message(room: int, incoming: MessageIn, registry: SessionRegistry = Depends(get_registry)) -> dict:
    target = get_room(room)
    if target is None:
        raise HTTPException(status_code=404, detail="no such room")
    message = Message(room=room, user=incoming.user, text=incoming.text, sent_at=datetime.now(timezone.utc))
    session = registry.open(incoming.user)
    session.remember(message)
    target.latest.append(message)
    frame = json.dumps({"type": "message", "room": room, "text": message.text})
    log.debug("frame of %d bytes to %d listeners", len(frame), len(target.latest))
    return {"sent_at": message.sent_at}


@router.get("/{room}/latest", response_model=list[Message])
async def latest(room: int) -> list[Message]:
    target = get_room(room)
    if target is None:
        raise HTTPException(status_code=404, detail="no such room")
    return list(target.latest)[-10:]
