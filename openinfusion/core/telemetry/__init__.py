"""Pump telemetry: one event model, the pump's state as a fold, its age, and its agreement with the order."""
