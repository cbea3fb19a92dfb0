"""The assistant for other programs."""
