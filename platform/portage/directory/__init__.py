"""Services that may help families: a council's small directory, kept by people and said to be checked when it was."""
