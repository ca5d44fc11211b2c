"""Sub-commands. Each module has ``register(subparsers)``, sets ``run`` and, when it needs no database, ``needs_django=False``."""
