"""The app for a visitor's phone: the visits of the day without signal, and what was written there, sent once."""
