"""Home assessment, connectivity and caregiver competency."""
