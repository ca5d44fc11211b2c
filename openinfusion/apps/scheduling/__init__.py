"""Visits and the plan of the week."""
