"""Settings, addresses, processes and the `openinfusion` command."""
