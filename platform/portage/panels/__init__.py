"""Panels that look at requests."""
