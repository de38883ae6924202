"""Children, the people who care for them, and who may open their record."""
