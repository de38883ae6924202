"""Developmental profiles: a council's own list of steps, and what one child can do already."""
