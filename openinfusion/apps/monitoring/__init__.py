"""Watched infusions, alarms and escalation."""
