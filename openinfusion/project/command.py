"""The `openinfusion` command: one sub-command per module of `project/commands`."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence

from openinfusion import __version__
from openinfusion.project import commands


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command. Exit 0 done, 1 the answer is no, 2 the input cannot be used."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openinfusion.project.settings")
    parser = argparse.ArgumentParser(prog="openinfusion", description="Home infusion, from referral to paid claim.")
    parser.add_argument("--version", action="version", version=f"openinfusion {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in sorted(entry.name for entry in pkgutil.iter_modules(commands.__path__)):
        importlib.import_module(f"{commands.__name__}.{module}").register(subparsers)
    options = parser.parse_args(arguments)
    if getattr(options, "needs_django", True):
        import django

        django.setup()
    return run_refusable(options)


def run_refusable(options: argparse.Namespace) -> int:
    """Run the chosen sub-command; a refusal is printed as its sentence."""
    from openinfusion.platform.errors import BadInput, Refused

    try:
        return int(options.run(options) or 0)
    except BadInput as error:
        for field, sentence in error.fields.items():
            print(f"{field}: {sentence}", file=sys.stderr)
        return 2
    except Refused as error:
        print(error.sentence, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
