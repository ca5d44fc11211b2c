"""Infusion orders, verification, preparation and labels."""
