"""Reviews of an episode."""
