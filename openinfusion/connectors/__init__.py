"""Outside services, one folder each, behind a port that tests can replace."""
