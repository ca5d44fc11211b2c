"""`openinfusion verify-order`: anyone may test the order checks from outside, case by case.

One JSON object per file, or one per line with ``--lines``; the answers come in the same order. The published contract
says what a case and an answer look like.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openinfusion.core.orders.contract import answer_case
from openinfusion.core.orders.rules import RuleSet


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = subparsers.add_parser("verify-order", help="check orders in the published form; answers as JSON lines")
    parser.add_argument("file", help="file with one case as JSON, or - for standard input")
    parser.add_argument("--lines", action="store_true", help="one case on each line")
    parser.add_argument(
        "--rules", choices=["proposed"], help="every row verified at grade A or B, as if it were approved"
    )
    parser.add_argument("--tenant", help="program (its short name) whose approved rules count")
    parser.set_defaults(run=run, needs_django=False)


def run(options: argparse.Namespace) -> int:
    """Answer every case. Exit 0 when all were answered, 2 when the input could not be read at all."""
    try:
        cases = list(read_cases(_text(options.file), lines=options.lines))
    except (OSError, UnicodeDecodeError, Unreadable) as error:
        print(f"{options.file}: {_why(error)}", file=sys.stderr)
        return 2
    rules = _rules(options)
    for case in cases:
        answer = {"id": None, "error": str(case)} if isinstance(case, Unreadable) else answer_case(case, rules)
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    return 0


class Unreadable(ValueError):
    """Text that is not one JSON object we can read without guessing."""


def read_cases(text: str, *, lines: bool) -> Iterator[Any]:
    """The cases of the input. With ``lines`` one that cannot be read comes as ``Unreadable``, in its place."""
    if not lines:
        yield _parse(text, "the input")
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield _parse(line, f"line {number}")
        except Unreadable as error:
            yield error


def _parse(text: str, where: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise Unreadable(f"{where}: not JSON at character {error.pos + 1}: {error.msg}") from error
    except RecursionError as error:
        raise Unreadable(f"{where}: nested too deeply") from error
    except Unreadable as error:
        raise Unreadable(f"{where}: {error}") from error


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A field said twice has no one meaning; it is refused, not overwritten."""
    found = dict(pairs)
    if len(found) != len(pairs):
        repeated = next(name for name in found if sum(key == name for key, _value in pairs) > 1)
        raise Unreadable(f"{repeated[:60]}: this field is written twice")
    return found


def _no_constant(name: str) -> Any:
    raise Unreadable(f"{name} is not a number")


def _text(file: str) -> str:
    data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    return data.decode("utf-8-sig")


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or "cannot be read"
    return "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)


def _rules(options: argparse.Namespace) -> RuleSet:
    if options.rules == "proposed":
        from openinfusion.rulepacks.order_rules import proposed_rules

        return proposed_rules()
    import django

    django.setup()
    return _approved(options.tenant)


def _approved(slug: str | None) -> RuleSet:
    """The rules approved in a program. Without a name, the only program there is."""
    from openinfusion.apps.pharmacy.public import ruleset_of
    from openinfusion.platform.errors import BadInput
    from openinfusion.platform.tenancy import scope
    from openinfusion.platform.tenancy.models import Tenant

    rows = list(Tenant.objects.filter(slug=slug) if slug else Tenant.objects.all()[:2])
    if len(rows) != 1:
        raise BadInput({"--tenant": "No such program." if slug else "Name the program, or use --rules proposed."})
    with scope.tenant(rows[0].pk):
        return ruleset_of(rows[0].pk)
