"""Pumps: registry, custody and service."""
