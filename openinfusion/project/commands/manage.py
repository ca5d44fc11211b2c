"""`openinfusion manage ...`: the framework's own commands (migrate, makemigrations, shell)."""

from __future__ import annotations

import argparse


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = subparsers.add_parser("manage", help="framework commands: migrate, makemigrations, shell")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    parser.set_defaults(run=run, needs_django=False)


def run(options: argparse.Namespace) -> int:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["openinfusion manage", *options.arguments])
    return 0
