"""Requests: asked, judged, decided."""
