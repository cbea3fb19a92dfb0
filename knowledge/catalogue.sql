-- The library's one source of truth. Vectors are derived from it and can be rebuilt.

CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS briefing (
    id          TEXT PRIMARY KEY,
    file_name   TEXT NOT NULL UNIQUE,
    sha256      TEXT NOT NULL,
    details     TEXT NOT NULL,          -- JSON
    certificate TEXT NOT NULL,          -- JSON: how the file was read
    paged       INTEGER NOT NULL,
    starter     INTEGER NOT NULL,
    added       TEXT NOT NULL,          -- ISO 8601, UTC
    withdrawn   TEXT NOT NULL DEFAULT '',
    source      TEXT NOT NULL DEFAULT '',   -- where the file came from: identity.py
    same_words  TEXT NOT NULL DEFAULT '',   -- equal in files that hold the same words
    copy_of     TEXT NOT NULL DEFAULT '',   -- the id of the briefing that leads those with the same words
    apart       INTEGER NOT NULL DEFAULT 0, -- an editor said that it is no copy
    embedded    INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS page (
    briefing TEXT NOT NULL REFERENCES briefing(id) ON DELETE CASCADE,
    number   INTEGER NOT NULL,
    label    TEXT NOT NULL,
    text     TEXT NOT NULL,
    headings TEXT NOT NULL,             -- JSON: [[start, end], ...]
    runs_on  INTEGER,
    recognised INTEGER NOT NULL DEFAULT 0,  -- read off a picture, by text recognition
    marks    TEXT NOT NULL DEFAULT '[]', -- JSON, of notes: [[at, sign, page, start, end], ...]
    PRIMARY KEY (briefing, number)
);

-- What a user put right. It outlives a replacement of the file, and goes when the briefing is deleted.
CREATE TABLE IF NOT EXISTS correction (
    briefing TEXT NOT NULL,
    field    TEXT NOT NULL,
    value    TEXT NOT NULL,
    at       TEXT NOT NULL,             -- ISO 8601, UTC
    PRIMARY KEY (briefing, field)
);

-- The sha256 of every kept file that is to be removed unless a briefing names it: those of briefings that were deleted or
-- replaced, and those of briefings on their way in. A file in no briefing and not in here is not known, and is never removed.
CREATE TABLE IF NOT EXISTS leaving (sha256 TEXT PRIMARY KEY);

CREATE TABLE IF NOT EXISTS passage (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    briefing TEXT NOT NULL REFERENCES briefing(id) ON DELETE CASCADE,
    ordinal  INTEGER NOT NULL,
    page     INTEGER NOT NULL,
    start    INTEGER NOT NULL,
    "end"    INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    "case"   TEXT NOT NULL,
    heading  TEXT NOT NULL,
    text     TEXT NOT NULL,
    words    TEXT NOT NULL DEFAULT '',  -- text and heading as they are searched: full_text.py indexes them
    heading_words TEXT NOT NULL DEFAULT '',
    also_at  TEXT NOT NULL DEFAULT '[]' -- JSON: [[page, start, end, ordinal], ...]
);
CREATE INDEX IF NOT EXISTS passage_briefing ON passage (briefing, ordinal);
