"""Payers, benefits and authorizations."""
