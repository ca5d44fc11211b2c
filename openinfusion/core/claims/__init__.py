"""Claims: money, charge capture from signed records, edits, remittance posting and the ledger."""
