"""The wrapping of a FHIR document: a Bundle that carries content, one resource, or a list of them.

For the reader. Entries that delete or only answer are not content. Source: HL7 FHIR R4 Bundle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openinfusion.core.findings import Severity
from openinfusion.core.referrals.finding_log import FindingLog
from openinfusion.core.referrals.partial_dates import PartialDate, read_fhir_date
from openinfusion.core.referrals.unreadable import UnreadableReferral

CONTENT_TYPES = frozenset({"document", "message", "transaction", "batch", "collection", "searchset"})
_CONTENT_METHODS = frozenset({"POST", "PUT"})
_ENTRY_PARTS = frozenset({"fullUrl", "resource", "request", "search", "link", "response"})
_BUNDLE_PARTS = frozenset({"resourceType", "id", "meta", "type", "timestamp", "identifier", "entry", "total", "link"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource with its place and its full URL."""

    value: dict[str, Any]
    path: str
    full_url: str = ""


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """The resources of a document, what it was wrapped in, and when it was sent."""

    source_format: str
    entries: tuple[Entry, ...]
    sent: PartialDate | None = None


def unwrap(document: Any, log: FindingLog) -> Unwrapped:
    """The resources of a parsed document, or ``UnreadableReferral`` when it is not FHIR."""
    if isinstance(document, list):
        entries = tuple(_resources(document, log))
        if not entries:
            raise UnreadableReferral("no_resources", "The list holds no FHIR resource. Send a FHIR R4 Bundle.")
        return Unwrapped("fhir-list", entries)
    if not isinstance(document, dict) or not isinstance(document.get("resourceType"), str):
        raise UnreadableReferral(
            "not_fhir", "This JSON is not a FHIR resource (no resourceType). Send a FHIR R4 Bundle."
        )
    if document["resourceType"] != "Bundle":
        return Unwrapped("fhir-resource", (Entry(document, document["resourceType"]),))
    return _unwrap_bundle(document, log)


def _resources(values: list[Any], log: FindingLog) -> Iterator[Entry]:
    for position, value in enumerate(values):
        if isinstance(value, dict) and isinstance(value.get("resourceType"), str):
            yield Entry(value, f"[{position}]")
        else:
            log.add("fhir.no_resource", Severity.INTERRUPT, f"[{position}]", "This is not a FHIR resource.")


def _unwrap_bundle(bundle: dict[str, Any], log: FindingLog) -> Unwrapped:
    kind = bundle.get("type")
    if not isinstance(kind, str) or kind not in CONTENT_TYPES:
        raise UnreadableReferral(
            "bundle_type",
            "This type of Bundle carries no referral. Send a transaction, collection, message or document.",
            "type",
        )
    listed = bundle.get("entry")
    if not isinstance(listed, list) or not listed:
        raise UnreadableReferral("empty_bundle", "The Bundle has no entries. Send the referral again.", "entry")
    entries = tuple(entry for position, item in enumerate(listed) for entry in _open(item, position, log))
    if not entries:
        raise UnreadableReferral("empty_bundle", "The Bundle's entries hold no resources. Send it again.", "entry")
    _check_pages(bundle, log)
    for key in sorted(bundle.keys() - _BUNDLE_PARTS):
        _not_understood(log, f"Bundle.{key}", key)
    stamp = bundle.get("timestamp")
    return Unwrapped(f"fhir-{kind}", entries, read_fhir_date(stamp) if isinstance(stamp, str) else None)


def _open(item: Any, position: int, log: FindingLog) -> Iterator[Entry]:
    path = f"entry[{position}]"
    resource = item.get("resource") if isinstance(item, dict) else None
    if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        log.add("fhir.no_resource", Severity.INTERRUPT, path, "This entry holds no FHIR resource.")
        return
    for key in sorted(item.keys() - _ENTRY_PARTS):
        _not_understood(log, f"Bundle.entry.{key}", f"{path}.{key}")
    request = item.get("request")
    method = request.get("method") if isinstance(request, dict) else None
    if method is not None and not (isinstance(method, str) and method in _CONTENT_METHODS):
        detail = "This entry asks to read, change or delete something elsewhere. It is not imported."
        log.add("fhir.request_not_followed", Severity.INTERRUPT, f"{path}.request", detail)
        return
    full_url = item.get("fullUrl")
    yield Entry(resource, f"{path}.resource", full_url if isinstance(full_url, str) else "")


def _check_pages(bundle: dict[str, Any], log: FindingLog) -> None:
    """A search result may be one page of many: then this is not the whole referral."""
    links = bundle.get("link")
    relations = [link.get("relation") for link in links if isinstance(link, dict)] if isinstance(links, list) else []
    if "next" in relations:
        detail = "This is one page of a longer result; the next pages are not here. Ask for the whole referral."
        log.add("fhir.more_pages", Severity.BLOCK, "link", detail)


def _not_understood(log: FindingLog, place: str, path: str) -> None:
    detail = f"{place} is not understood and kept only in the source."
    log.tally("fhir.not_understood", Severity.INFORM, key=place, subject=path, detail=detail)
