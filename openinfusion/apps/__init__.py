"""Bounded contexts in the order of the journey; a lower one never imports a higher one."""
