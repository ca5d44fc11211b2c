"""Store documents and serve them safely."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from django.http import HttpResponse

from openinfusion.platform.access.person import Access
from openinfusion.platform.documents.models import Document


def store(
    *, content: bytes, kind: str, file_name: str, content_type: str, by: Access, at: datetime,
    patient_id: int | None = None, episode_id: int | None = None,
) -> Document:  # fmt: skip
    """Keep a document unchanged with its SHA-256."""
    return Document.objects.create(
        tenant_id=by.tenant_id, kind=kind, file_name=safe_name(file_name), content_type=content_type, content=content,
        sha256=hashlib.sha256(content).hexdigest(), size=len(content), patient_id=patient_id, episode_id=episode_id,
        stored_at=at, stored_by_name=by.name,
    )  # fmt: skip


def serve(document: Document, *, inline: bool = False) -> HttpResponse:
    """The document as a response: an attachment, never interpreted; only our own PDFs may show inline."""
    inline = inline and document.content_type == "application/pdf"
    content_type = document.content_type if inline else "application/octet-stream"
    response = HttpResponse(bytes(document.content), content_type=content_type)
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{document.file_name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def safe_name(name: str) -> str:
    """A file name without path, control or quote characters."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1])[:120] or "document"
