"""How an operation of the REST interface declares who may use it: the permissions of the pages, asked first."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest

from openinfusion.platform.access.roles import permission
from openinfusion.platform.errors import NotAllowed

Operation = Callable[..., Any]


def needs(name: str) -> Callable[[Operation], Operation]:
    """The operation answers only people with this permission, signed in to a program."""
    permission(name)  # a misspelled permission fails at import

    def declare_on(operation: Operation) -> Operation:
        @wraps(operation)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            access = getattr(request, "access", None)
            if access is None:
                raise NotAllowed("no_program", "Sign in and choose a program first.")
            access.require(name)
            return operation(request, *args, **kwargs)

        return guarded

    return declare_on
