"""People who visit families as volunteers: from their interest to their visits, while every check is in date."""
