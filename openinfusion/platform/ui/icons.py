"""The icons of the product: one path set, drawn in the current colour, hidden from screen readers.

An icon never stands alone: the word beside it says what it means.
"""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

#: name: SVG content on a 16 x 16 canvas. Constants of this file, so marking them safe is sound.
_PATHS = {
    "ready": '<path d="M8 .8a7.2 7.2 0 1 0 0 14.4A7.2 7.2 0 0 0 8 .8Zm-1 10.4L3.6 7.9 5 6.5l2 2 4-4 1.4 1.4Z"/>',
    "risk": (
        '<path d="M8 .5 15.5 8 8 15.5.5 8Zm0 2.4V13.1L2.9 8Z" fill-rule="evenodd"/>'
        '<path d="M8 1.9 14.1 8 8 14.1" fill="none" stroke="currentColor" stroke-width="1.4"/>'
    ),
    "blocked": '<path d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5Zm-1 6.1v2.2h8V6.9Z" fill-rule="evenodd"/>',
    "unknown": (
        '<path d="M8 .8a7.2 7.2 0 1 0 0 14.4A7.2 7.2 0 0 0 8 .8Zm0 1.5a5.7 5.7 0 1 1 0 11.4A5.7 5.7 0 0 1 8 2.3Z'
        "M7.2 10.9h1.7v1.6H7.2ZM8 3.7c1.6 0 2.7.9 2.7 2.3 0 1.1-.6 1.7-1.3 2.2-.5.4-.6.6-.6 1.2v.4H7.3v-.6c0-1 "
        '.4-1.5 1.1-2 .5-.4.8-.6.8-1.2 0-.5-.4-.9-1.2-.9-.7 0-1.2.4-1.3 1.1L5.2 6c.2-1.4 1.2-2.3 2.8-2.3Z" '
        'fill-rule="evenodd"/>'
    ),
    "inform": '<path d="M8 .8a7.2 7.2 0 1 0 0 14.4A7.2 7.2 0 0 0 8 .8Zm-1 3h2v2H7Zm0 3.3h2v5H7Z" fill-rule="evenodd"/>',
    "no-network": (
        '<path d="M2.3 1.2 1.2 2.3l2.7 2.7A4 4 0 0 0 4 13h7.7l2 2 1.1-1.1ZM13.8 12.2A3.5 3.5 0 0 0 12.5 6 4.5 4.5 0 0 '
        '0 6.3 4.1Z"/>'
    ),
    "phone": (
        '<path d="M4.6 1 2 2c-.6.3-1 .9-1 1.6C1.3 9.9 6.1 14.7 12.4 15c.7 0 1.3-.4 1.6-1l1-2.6-3.7-1.9-1.6 1.6A9.6 9.6 '
        '0 0 1 4.9 6.3l1.6-1.6Z"/>'
    ),
    "heart": (
        '<path d="M8 14.6 1.9 8.4a3.9 3.9 0 0 1 0-5.5 3.8 3.8 0 0 1 5.4 0l.7.7.7-.7a3.8 3.8 0 0 1 5.4 0 3.9 3.9 0 0 1 '
        '0 5.5Z"/>'
    ),
    "list": '<path d="M1.5 2h3v3h-3Zm5 .7h8v1.6h-8Zm-5 3.8h3v3h-3Zm5 .7h8v1.6h-8Zm-5 3.8h3v3h-3Zm5 .7h8v1.6h-8Z"/>',
    "book": (
        '<path d="M1 2.5c2.5-.7 4.9-.5 7 .8 2.1-1.3 4.5-1.5 7-.8v10.8c-2.5-.7-4.9-.5-7 .8-2.1-1.3-4.5-1.5-7-.8Zm6.2 '
        '2.2C5.8 4 4.2 3.8 2.6 4v7.7c1.6-.2 3.2 0 4.6.6Z" fill-rule="evenodd"/>'
    ),
    "pencil": '<path d="M11.5 1.2 14.8 4.5 5.5 13.8 1.2 14.8 2.2 10.5Z"/>',
    "home": '<path d="M8 1 .8 7.3l1 1.2L3 7.5V15h4v-4.5h2V15h4V7.5l1.2 1 1-1.2Z"/>',
    "calendar": '<path d="M4 .8h1.6v1.6h4.8V.8H12v1.6h3v12.8H1V2.4h3ZM2.6 6.4v7.2h10.8V6.4Z" fill-rule="evenodd"/>',
    "search": '<path d="M6.7.9a5.8 5.8 0 1 0 3.5 10.4l3.6 3.6 1.3-1.3-3.6-3.6A5.8 5.8 0 0 0 6.7.9Zm0 1.8a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z"/>',
    "print": '<path d="M4 1h8v3H4ZM2 5h12a1 1 0 0 1 1 1v5h-3V9H4v2H1V6a1 1 0 0 1 1-1Zm3 5h6v5H5Z"/>',
    "close": '<path d="M3.2 1.8 8 6.6l4.8-4.8 1.4 1.4L9.4 8l4.8 4.8-1.4 1.4L8 9.4l-4.8 4.8-1.4-1.4L6.6 8 1.8 3.2Z"/>',
    "lock": '<path d="M8 .8a4 4 0 0 0-4 4V7H2.5v8h11V7H12V4.8a4 4 0 0 0-4-4Zm0 1.6a2.4 2.4 0 0 1 2.4 2.4V7H5.6V4.8A2.4 2.4 0 0 1 8 2.4Z"/>',
    "clock": '<path d="M8 .8a7.2 7.2 0 1 0 0 14.4A7.2 7.2 0 0 0 8 .8Zm-.8 3h1.6v3.9l2.8 1.7-.8 1.3-3.6-2.2Z" fill-rule="evenodd"/>',
    "arrow-back": '<path d="M7.5 2 9 3.4 5.3 7.1H15v1.9H5.3L9 12.6 7.5 14 1.5 8Z"/>',
    "arrow-on": '<path d="M8.5 2 7 3.4l3.7 3.7H1v1.9h9.7L7 12.6 8.5 14l6-6Z"/>',
}  # fmt: skip

_PRIORITY = {
    "high": (
        '<path d="M18 1 35 31H1Z" fill="currentColor"/>'
        '<path class="cut" d="M11.3 26.5v-2.6h2.6v2.6Zm0-4V15h2.6v7.5Zm5.4 4v-2.6h2.6v2.6Zm0-4V11h2.6v11.5Zm5.4 '
        '4v-2.6h2.6v2.6Zm0-4V15h2.6v7.5Z"/>'
    ),
    "medium": (
        '<path d="M18 1 34 16 18 31 2 16Z" fill="currentColor"/>'
        '<path class="cut" d="M13.2 22.5v-2.6h2.6v2.6Zm0-4V9.5h2.6v9Zm7 4v-2.6h2.6v2.6Zm0-4V9.5h2.6v9Z"/>'
    ),
    "low": (
        '<circle cx="18" cy="16" r="15" fill="currentColor"/>'
        '<path class="cut" d="M16.7 23.5v-2.8h2.8v2.8Zm0-4.6V8h2.8v10.9Z"/>'
    ),
}

NAMES = tuple(_PATHS)


def icon(name: str) -> SafeString:
    """Inline SVG of an icon. An unknown name is a programming error."""
    if name not in _PATHS:
        raise ValueError(f"no icon {name!r}; there are {', '.join(NAMES)}")
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(_PATHS[name]),  # noqa: S308 (a constant of this file)
    )


def priority_sign(priority: str) -> SafeString:
    """The alarm shape: triangle ``!!!``, diamond ``!!``, circle ``!`` (IEC 60601-1-8 order of urgency)."""
    if priority not in _PRIORITY:
        raise ValueError(f"no alarm priority {priority!r}; there are high, medium, low")
    return format_html(
        '<svg viewBox="0 0 36 32" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(_PRIORITY[priority]),  # noqa: S308 (a constant of this file)
    )
