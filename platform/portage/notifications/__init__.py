"""Health notifications: a statutory duty of health bodies, kept as records of their own, and what follows from them."""
