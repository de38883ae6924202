"""What can be done with people, their ways of signing in and their sessions; everything flushes, nothing commits."""
