"""Guided reflection, step by step, and its frameworks as data."""
