from fastapi import APIRouter, Depends, Header, HTTPException

from .. import audit
from ..models import Document, DocumentIn
from ..store import DocumentStore, get_store

router = APIRouter(prefix="/documents", tags=["documents"])


def current_user(x_user: str = Header("anonymous")) -> str:
    return x_user


@router.put("/{document_id}", response_model=Document)
async def put(
    document_id: int,
    incoming: DocumentIn,
    user: str = Depends(current_user),
    store: DocumentStore = Depends(get_store),
) -> Document:
    document = store.put(document_id, incoming)
    audit.record("put", user, document_id, version=document.version, content=incoming.dict())
    return document


@router.get("/{document_id}", response_model=Document)
async def get(
    document_id: int,
    user: str = Depends(current_user),
    store: DocumentStore = Depends(get_store),
) -> Document:
    document = store.get(document_id)
    if document is None:
        raise HTTPException(status_code=404, detail="no such document")
    audit.record("get", user, document_id)
    return document
