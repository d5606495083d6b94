"""Faults: what dies, fills up, locks or goes away in the middle of a workshop. Every test kills for real."""
