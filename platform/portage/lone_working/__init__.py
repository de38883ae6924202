"""Looking out for people who visit alone: who is told when nobody hears from them, and what is done then."""
