"""People treated, their charts and episodes."""
