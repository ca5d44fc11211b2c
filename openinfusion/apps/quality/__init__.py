"""Outcomes, measures and what an episode costs."""
