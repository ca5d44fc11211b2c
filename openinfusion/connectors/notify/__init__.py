"""Tells people of alarms: one adapter per provider behind ``monitoring.notifier.Notifier``."""
