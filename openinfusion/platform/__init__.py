"""Shared plumbing of the pages and the database: tenancy, accounts, audit, events, rules, work lists."""
