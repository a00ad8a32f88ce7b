"""An engine for social customer relationship management that lives inside other people's programs.

It listens to what customers say in any channel, says what each message is, decides by a written protocol who answers,
where, how fast and with what, and keeps the record. It never talks to a customer: a person writes every response.

Begin with `Playbook.load(folder)`, then `Engine.compile(playbook)`, then `engine.assess(message)`; `Desk.open` joins an
engine to a store. Messages and results are dictionaries with the names of the JSON form; places in a text count code
points, times are RFC 3339 texts with their zone.
"""

from ._scrm import Brief, Desk, Engine, HumanAuthor, Message, Playbook, Response, __version__
from .errors import (
    Diagnostic,
    InputError,
    MessageError,
    PlaybookError,
    ResponseError,
    ScrmError,
    StoreError,
)

__all__ = [
    "Brief",
    "Desk",
    "Diagnostic",
    "Engine",
    "HumanAuthor",
    "InputError",
    "Message",
    "MessageError",
    "Playbook",
    "PlaybookError",
    "Response",
    "ResponseError",
    "ScrmError",
    "StoreError",
    "__version__",
]
