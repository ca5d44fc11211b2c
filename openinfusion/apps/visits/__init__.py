"""The visit in the home: record, administration, note."""
