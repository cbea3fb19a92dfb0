"""What the library holds on a question: passages found by full text, by meaning and by theme, filtered and ranked."""
