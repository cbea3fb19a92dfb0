"""Every error that a user may meet.

    ReflectionError
    ├── FileRefused           a file cannot be taken in
    │   ├── UnknownFormat         its ending is not one that is read
    │   ├── PasswordNeeded        it is encrypted
    │   └── NoText                there are no words in it (a scan, an empty file)
    ├── LibraryError          the library folder cannot be used
    │   ├── VectorsDamaged        the vectors cannot be read; the library mends them by itself
    │   └── BackupDamaged         a backup is not whole
    ├── BriefingNotFound      no briefing goes by that name
    ├── CorrectionRefused     a detail cannot be put right to that value
    ├── QuotationError        words are not on the page they are cited from
    ├── ModelError            a model is missing, or its files are not the published ones
    └── SettingsError         a data file (themes, guards, guidance) has a mistake

Each message says what happened, where, and what to do next.
"""


class ReflectionError(Exception):
    """The root: `str(error)` is a sentence that can be shown to a user."""


class FileRefused(ReflectionError):
    """A file cannot be taken in; the library is as it was."""


class UnknownFormat(FileRefused):
    """The file's ending is not one that is read."""


class PasswordNeeded(FileRefused):
    """The file is encrypted and cannot be opened without its password."""


class NoText(FileRefused):
    """The file holds no words: empty, or pictures of pages."""


class LibraryError(ReflectionError):
    """The library folder cannot be used."""


class VectorsDamaged(LibraryError):
    """The vectors cannot be read. They are derived: the library makes them anew."""


class BackupDamaged(LibraryError):
    """A backup is not whole, or none of ours; nothing was changed."""


class BriefingNotFound(ReflectionError):
    """No briefing goes by that name or id."""


class CorrectionRefused(ReflectionError):
    """A detail cannot be put right to that value."""


class QuotationError(ReflectionError):
    """Words are not on the page that they are cited from."""


class ModelError(ReflectionError):
    """A model is missing, or its files are not the published ones."""


class SettingsError(ReflectionError):
    """A data file has a mistake; the message names file and place."""
