"""The readiness gate of every visit."""
