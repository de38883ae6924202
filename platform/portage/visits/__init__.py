"""Visits and what was seen in them."""
