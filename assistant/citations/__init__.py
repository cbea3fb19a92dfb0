"""Checking a text: does each of its quotations stand in the library, word for word, where it says, and fairly?

text ──quotations──▶ quotations ──locate──▶ places ──judge──▶ verdicts ──▶ terminal, JSON, HTML, Word
     ──references──▶ what each is said to be from
"""
