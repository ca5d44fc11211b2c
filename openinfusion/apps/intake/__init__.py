"""Referrals received, matched, accepted or declined."""
