"""Shipments, temperature and proof of delivery."""
