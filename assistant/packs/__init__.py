"""Learning packs for trainers: a case, a theme or a document becomes a session, every quotation proven on its page."""
