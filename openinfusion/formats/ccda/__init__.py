"""HL7 C-CDA R2.1: clinical documents read into referral packages."""
