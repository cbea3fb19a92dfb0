"""A message becomes a question: its words as the library writes them, its period, and what it asks for."""
