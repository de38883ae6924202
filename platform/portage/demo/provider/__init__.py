"""The demonstration's own OpenID provider: one issuer for each council, invented people instead of passwords."""
