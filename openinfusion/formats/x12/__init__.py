"""X12 5010: 837P out, 835, 999 and 277CA in, and an 835 builder for the demo payer and tests."""
