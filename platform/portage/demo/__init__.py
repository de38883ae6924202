"""The whole service on one machine: servers from wheels, invented families, an identity provider, a mail catcher."""
