from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

from .. import spool
from ..sniffing import sniffer

router = APIRouter(prefix="/attachments")


@router.get("/{attachment_id}/type")
def media_type(attachment_id: int) -> dict:
    if not spool.path_of(attachment_id).exists():
        raise HTTPException(status_code=404, detail="no such attachment")
    return {"id": attachment_id, "type": sniffer.media_type(attachment_id)}


@router.get("/{attachment_id}", response_class=FileResponse)
def download(attachment_id: int) -> FileResponse:
    return FileResponse(spool.path_of(attachment_id))
