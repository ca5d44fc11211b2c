"""Claims from the signed record, remittances and the ledger."""
