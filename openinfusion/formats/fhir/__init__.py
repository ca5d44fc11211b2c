"""HL7 FHIR R4: JSON documents and bulk exports read into referral packages."""
