"""What the tests stand on: one PostgreSQL and one Valkey for a run, a database for each process, invented councils."""
