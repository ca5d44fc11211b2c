"""`openinfusion readiness`: the gate of every visit of a day, as on the board."""

from __future__ import annotations

import argparse
import json
from datetime import date, timedelta
from typing import Any


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = subparsers.add_parser("readiness", help="say which visits of a day are ready, at risk or blocked")
    parser.add_argument("--date", type=_day, help="day like 2026-11-25 (default: tomorrow)")
    parser.add_argument("--program", help="short name of one program (default: all)")
    parser.add_argument("--json", action="store_true", help="one JSON object with every condition")
    parser.set_defaults(run=run)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("write the day like 2026-11-25") from error


def run(options: argparse.Namespace) -> int:
    """Print the gates. Exit 0 when no visit is blocked, 1 when one is."""
    from openinfusion.platform.errors import BadInput
    from openinfusion.platform.tenancy import scope
    from openinfusion.platform.tenancy.models import Tenant

    rows = Tenant.objects.order_by("pk")
    programs = list(rows.filter(slug=options.program) if options.program else rows)
    if options.program and not programs:
        raise BadInput({"program": "There is no program with this short name."})
    answers = []
    for program in programs:
        with scope.tenant(program.pk):
            answers.append(_program(program, options.date))
    if options.json:
        print(json.dumps({"programs": answers}, indent=1))
    else:
        _say(answers)
    return 1 if any(visit["verdict"] == "blocked" for answer in answers for visit in answer["visits"]) else 0


def _program(program: Any, on: date | None) -> dict[str, Any]:
    from zoneinfo import ZoneInfo

    from openinfusion.apps.readiness.public import gates_on
    from openinfusion.platform import clock
    from openinfusion.platform.access import system_access

    at = clock.now()
    wanted = on or at.astimezone(ZoneInfo(program.time_zone)).date() + timedelta(days=1)
    judged = gates_on(wanted, by=system_access(program.pk), at=at)
    visits = [
        {
            "visit": visit.pk,
            "episode": visit.episode.number,
            "starts_at": (visit.planned_start or visit.window_start).isoformat(),
            **gate.as_dict(),
        }
        for visit, gate in judged
    ]
    return {"program": program.slug, "date": wanted.isoformat(), "visits": visits}


def _say(answers: list[dict[str, Any]]) -> None:
    for answer in answers:
        print(f"{answer['program']}, {answer['date']}: {len(answer['visits'])} visits")
        for visit in answer["visits"]:
            open_ones = [one for one in visit["conditions"] if one["verdict"] != "ready"]
            print(f"  visit {visit['visit']} of {visit['episode']}: {visit['verdict'].replace('_', ' ')}")
            for one in open_ones:
                print(f"    {one['title']} ({one['owner_role']}): {one['facts']}; clears when {one['clears']}")
