"""Verbs on notifications; a caller imports them from the module that its verb is in."""
