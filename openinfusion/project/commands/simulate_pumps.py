"""`openinfusion simulate-pumps`: seeded pumps that send to a gateway. For demonstrations and tests only."""

from __future__ import annotations

import argparse
import sys


def register(subparsers: argparse._SubParsersAction) -> None:
    from openinfusion.ingest import sending

    parser = subparsers.add_parser("simulate-pumps", help="simulate pumps that report to a gateway")
    sending.add_arguments(parser)
    parser.set_defaults(run=run, needs_django=False)


def run(options: argparse.Namespace) -> int:
    from openinfusion.ingest import sending

    try:
        return sending.run(options)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
