"""The emergency page for the patient in front of you."""
