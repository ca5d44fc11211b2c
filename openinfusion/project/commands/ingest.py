"""`openinfusion ingest`: the device gateway of this installation."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = subparsers.add_parser("ingest", help="run the device gateway: take pump messages, store, answer, apply")
    parser.add_argument("--mllp-port", type=int, default=None, help="port for HL7 v2 over MLLP (default: the setting)")
    parser.add_argument("--http-port", type=int, default=None, help="port for JSON (default: the setting; 0: none)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from django.conf import settings

    from openinfusion.project import gateway

    try:
        config = gateway.default_config()
        if options.mllp_port is not None:
            config = replace(config, mllp_port=options.mllp_port)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    http_port = settings.GATEWAY_HTTP_PORT if options.http_port is None else options.http_port
    try:
        return gateway.run(config, http_port=http_port)
    except OSError as error:
        print(f"The gateway cannot listen: {error.strerror}. Is another one running?", file=sys.stderr)
        return 1
