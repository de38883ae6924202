"""Support for a child in their setting: seen there first, then assess, plan, do and review (WNC-08)."""
