"""Every error this project raises on purpose.

    EduatlasError                 exit code 3   failed; the published state is untouched
    ├── InputError                          2   what was typed or handed over is wrong
    │   ├── UsageError                          a command used wrongly
    │   ├── CardError                           a portal card breaks the contract
    │   └── FileError                           a file is missing, unreadable or of the wrong shape
    ├── HarvestError                        1   one portal's trouble; its neighbours go on
    │   ├── AddressRefused                      a private or foreign address
    │   ├── RightsReserved                      robots.txt or a text-and-data-mining reservation
    │   └── BudgetExhausted                     pages, bytes or seconds of a portal are used up
    ├── StorageError                        3   the data folder cannot be written or is damaged
    ├── GateError                           3   a blocking quality check found offending rows
    ├── ModelError                          3   a shipped model or code list is missing or damaged
    └── LockedError                         4   another run holds the lock

A message says what is wrong, where, and what to do about it.
"""

from __future__ import annotations


class EduatlasError(Exception):
    """What went wrong, where, and what would mend it.

    ``exit_code`` is the process exit code when the error reaches the command line.
    """

    exit_code = 3

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        self.what = what
        self.where = where
        self.hint = hint
        super().__init__(str(self))

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}\n  {self.hint}" if self.hint else text


class InputError(EduatlasError):
    """What was typed or handed over cannot be used."""

    exit_code = 2


class UsageError(InputError):
    """A command was used wrongly."""


class CardError(InputError):
    """A portal card breaks the contract: unknown key, missing key, wrong type."""


class FileError(InputError):
    """A file given by a person is missing, unreadable or of the wrong shape."""


class HarvestError(EduatlasError):
    """One portal cannot be harvested now; the others go on."""

    exit_code = 1


class AddressRefused(HarvestError):
    """A connection to a private address, or to a host that the card does not name."""


class RightsReserved(HarvestError):
    """The portal's robots.txt or its text-and-data-mining reservation forbids the request."""


class BudgetExhausted(HarvestError):
    """The portal used up its budget of pages, bytes or seconds."""


class StorageError(EduatlasError):
    """The data folder cannot be written, is full, or holds something damaged."""


class GateError(EduatlasError):
    """A blocking quality check found offending rows; nothing was published."""


class ModelError(EduatlasError):
    """A model, code list or lookup that ships with the project is missing or damaged."""


class LockedError(EduatlasError):
    """Another run holds the lock of this data folder."""

    exit_code = 4
