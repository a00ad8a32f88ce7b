"""What can go wrong? One class for each phase, with its fields; every one is a `ScrmError`.

Their texts say what is wrong and the way out. They pickle, so they cross process pools whole.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

__all__ = [
    "DeskError",
    "Diagnostic",
    "InputError",
    "LearnError",
    "ListenError",
    "MessageError",
    "PlaybookError",
    "QueryError",
    "ResponseError",
    "ScrmError",
    "StoreError",
]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault in an authored file; `line` and `column` count from 1, and are `None` for a fault of the whole file."""

    code: str
    severity: Literal["error", "warning"]
    file: str
    line: int | None
    column: int | None
    message: str
    help: str | None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}:{self.column}"
        text = f"{self.severity}[{self.code}] {place}: {self.message}"
        return text if self.help is None else f"{text} (help: {self.help})"


class ScrmError(Exception):
    """Whatever scrm raises on its own account."""


class PlaybookError(ScrmError, ValueError):
    """A playbook that cannot be used. Its text is the report for a person, with the lines and carets under the places."""

    diagnostics: tuple[Diagnostic, ...]
    """Every fault of every file; empty when the folder or a file could not be read."""
    path: str | None
    """What could not be read."""

    def __init__(self, message: str, diagnostics: Iterable[Diagnostic] = (), path: str | None = None) -> None:
        super().__init__(message)
        self.diagnostics = tuple(diagnostics)
        self.path = path


class QueryError(ScrmError, ValueError):
    """A query that cannot be used. Its text is the report for a person, with carets under the places."""

    diagnostics: tuple[Diagnostic, ...]
    """Every fault of it, or of the first hundred; `file` is the monitor's id."""
    monitor: str | None
    """The first monitor whose query it is."""

    def __init__(self, message: str, diagnostics: Iterable[Diagnostic] = (), monitor: str | None = None) -> None:
        super().__init__(message)
        self.diagnostics = tuple(diagnostics)
        self.monitor = monitor


class LearnError(ScrmError, ValueError):
    """Rows from which nothing can be learned, or bytes that are no model."""

    kind: str
    """`rows` (they cannot be read), `empty`, `one_class`, `label`, `weight`, `dense`, `limit`, `setting`, `too_few`;
    of a model: `bytes`, `join`, `task`, `io`."""
    path: str | None
    """The model's file, where it is one."""

    def __init__(self, message: str, kind: str = "other", path: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.path = path


class ListenError(ScrmError, ValueError):
    """Monitors that do not go together, or one that is not there."""

    kind: str
    """`monitor` (what is given is none), `unknown`, `twice`, `limit`, `memory`, or `bytes` (they are no listener)."""
    monitor: str | None
    """Which one, where it is one."""

    def __init__(self, message: str, kind: str = "other", monitor: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.monitor = monitor


class MessageError(ScrmError, ValueError):
    """A message that is none."""

    kind: str
    """`type` (no value of JSON), `form` (a field is missing or cannot be read), or the rule of the model that it
    breaks: `visibility`, `text`, `span`, `limit`, `place`, `ext`."""
    field: str | None
    """Which field, as a path (`author.followers`), where it is known."""
    index: int | None
    """Which message of a batch, from 0."""

    def __init__(
        self, message: str, kind: str = "other", field: str | None = None, index: int | None = None
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.field = field
        self.index = index


class InputError(ScrmError, ValueError):
    """An input that cannot be read, or something said about it that cannot be."""

    kind: str
    """`io`, `empty`, `encoding`, `columns`, `format`, `mapping`, `context` or `tenant`."""
    path: str | None
    """The file."""

    def __init__(self, message: str, kind: str = "other", path: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.path = path


class StoreError(ScrmError):
    """A store that failed. What was acknowledged is kept."""

    kind: str
    """`not_ours`, `too_new`, `not_a_database`, `is_directory`, `open`, `full`, `busy`, `corrupt`, `io`, `input`,
    `forked`, `foreign_writer`, `unsupported`; of a desk: `closed`, `busy`, `forked`."""
    path: str | None
    """The file, or `:memory:`."""
    retryable: bool
    """Whether the same call can succeed later without a change."""

    def __init__(
        self, message: str, kind: str = "other", path: str | None = None, retryable: bool = False
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.path = path
        self.retryable = retryable


class ResponseError(ScrmError, ValueError):
    """A response that cannot go on."""

    kind: str
    """`empty`, `scale`, `visibility`, `id`, `person` (nobody of the team), `not_asked`, `unapproved` or `sent`."""
    missing: tuple[str, ...]
    """Approvals that are missing."""

    def __init__(self, message: str, kind: str = "other", missing: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.kind = kind
        self.missing = tuple(missing)


class DeskError(ScrmError, ValueError):
    """Something that a desk does not do. Nothing was recorded."""

    kind: str
    """`person` (nobody of the team), `link` (no such claim), `guess` (a guess is no claim), `not_allowed` (nothing is
    inferred between these sources), `query` (a search whose query has faults: the text shows them all), `value` (an argument
    is not what it should be), `case` (no such case), `department` (no such department), `claimed` (somebody else is answering
    the case), `refused` (the case does not allow it), `canned` (there is no such text), `advocacy` (somebody's words are not to be
    had), `programme` (a step is not due), or why a response is refused: `empty`, `scale`, `not_decided`, `private`, `drafted`,
    `no_draft`, `stale`, `own_work`, `not_asked`, `not_in_role`, `unapproved`, `unfilled`, `hold`, `leak`, `locked`."""
    claim: dict[str, Any] | None
    """Of `claimed`: who has the case (`person`), `since` when and `until` when."""
    draft: dict[str, Any] | None
    """Of `claimed` and `drafted`: what they have written so far, where they have."""

    def __init__(
        self,
        message: str,
        kind: str = "other",
        claim: str | None = None,
        draft: str | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.claim = None if claim is None else json.loads(claim)
        self.draft = None if draft is None else json.loads(draft)
