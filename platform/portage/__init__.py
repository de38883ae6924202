"""Portage: one service for several councils' home visiting teams; each council's rules are a policy plugin."""
