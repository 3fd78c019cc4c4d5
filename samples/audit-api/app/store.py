"""Documents by number. Stands in for a database: holds the latest version only."""

from datetime import datetime, timezone

from .models import Document, DocumentIn


class DocumentStore:
    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._documents: dict[int, Document] = {}

    def get(self, document_id: int) -> Document | None:
        return self._documents.get(document_id)

    def put(self, document_id: int, incoming: DocumentIn) -> Document:
        if document_id not in self._documents and len(self._documents) >= self.capacity:
            raise OverflowError("the store is full")
        before = self._documents.get(document_id)
        document = Document(
            id=document_id,
            version=before.version + 1 if before else 1,
            changed_at=datetime.now(timezone.utc),
            **incoming.dict(),
        )
        self._documents[document_id] = document
        return document


store = DocumentStore(capacity=10_000)


def get_store() -> DocumentStore:
    return store
