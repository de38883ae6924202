"""From what a browser sent to commands about notifications."""
