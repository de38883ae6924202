"""Partner teams of the council's policy that work with one child (LDS-17, WNC-14)."""
