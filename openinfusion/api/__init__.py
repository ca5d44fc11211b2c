"""REST and FHIR: thin, over the public functions of the apps."""
