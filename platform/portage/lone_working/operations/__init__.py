"""What is done about people who visit alone: naming who is told, noticing, telling, ringing, settling."""
