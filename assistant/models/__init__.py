"""The nouns that go from room to room: frozen dataclasses, and nothing that works on them."""
