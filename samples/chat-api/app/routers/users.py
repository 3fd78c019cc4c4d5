from fastapi import APIRouter, Depends

from ..models import Unread
from ..sessions import SessionRegistry, get_registry

router = APIRouter(prefix="/users", tags=["users"])


@router.get("/{user}/unread", response_model=Unread)
async def unread(user: str, registry: SessionRegistry = Depends(get_registry)) -> Unread:
    session = registry.find(user)
    return Unread(user=user, count=session.unread if session else 0)
