"""What every room needs to read language: framing words, patterns, sentence vectors, themes."""
