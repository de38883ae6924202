"""Previews: what a draft of the policy would change for a council's requests, before anybody publishes it."""
