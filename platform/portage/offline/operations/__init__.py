"""Verbs of the app for a phone: open it, fill it, take what it sends, settle two records of one visit."""
