"""Councils and their area teams."""
