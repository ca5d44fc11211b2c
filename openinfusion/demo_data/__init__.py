"""Invented people and programs for the demo; nothing here is about a real patient."""
