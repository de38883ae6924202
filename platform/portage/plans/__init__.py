"""Play plans with goals and targets."""
