"""The ground floor: what every slice stands on, and nothing of the domain."""
