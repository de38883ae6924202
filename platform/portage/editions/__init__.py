"""Editions of a council's policy: stored, found by date, exported."""
