"""Offers, the waiting list, episodes and allocation."""
