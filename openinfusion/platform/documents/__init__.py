"""Keep a document and hand it out again."""
