"""Nurses, licences, competencies and shifts."""
