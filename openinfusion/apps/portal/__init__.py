"""Pages for patients, caregivers and physicians."""
