"""An engine for social customer relationship management that lives inside other people's programs.

It listens to what customers say in any channel, says what each message is, decides by a written protocol who answers,
where, how fast and with what, and keeps the record. It never talks to a customer: a person writes every response.

Begin with `Playbook.load(folder)`, then `Engine.compile(playbook)`, then `engine.assess(message)`; `Desk.open` joins an
engine to a store. `Listener.compile` takes monitors alone, as many as there are; `Classifier()` says what a text is by
itself, and `explain` why. Messages and results are dictionaries with the names of the JSON form; places in a text count
code points, times are RFC 3339 texts with their zone.
"""

from ._scrm import (
    Brief,
    Classifier,
    Desk,
    Duplicates,
    Engine,
    Explanation,
    Frequencies,
    HumanAuthor,
    Listener,
    Message,
    Model,
    Playbook,
    Protocol,
    Response,
    __version__,
    backtest,
    check_query,
    cross_validate,
    explain,
    format_query,
    import_rules,
    train,
    units,
)
from .errors import (
    DeskError,
    Diagnostic,
    InputError,
    LearnError,
    ListenError,
    MessageError,
    PlaybookError,
    QueryError,
    ResponseError,
    ScrmError,
    StoreError,
)
from .findings import Finding

__all__ = [
    "Brief",
    "Classifier",
    "Desk",
    "DeskError",
    "Diagnostic",
    "Duplicates",
    "Engine",
    "Explanation",
    "Finding",
    "Frequencies",
    "HumanAuthor",
    "InputError",
    "LearnError",
    "ListenError",
    "Listener",
    "Message",
    "MessageError",
    "Model",
    "Playbook",
    "PlaybookError",
    "Protocol",
    "QueryError",
    "Response",
    "ResponseError",
    "ScrmError",
    "StoreError",
    "__version__",
    "backtest",
    "check_query",
    "cross_validate",
    "explain",
    "format_query",
    "import_rules",
    "train",
    "units",
]
