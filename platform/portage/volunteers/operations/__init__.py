"""Verbs on volunteers: offer, take on, prepare, let visit, suspend, log, and what they do themselves."""
