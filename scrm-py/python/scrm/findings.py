"""What do rules do together that was not meant? The findings of `Protocol.analyze` and of a backtest."""

from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found about rules; `witness` are facts for which the protocol does what it says, where one is possible."""

    code: str
    rules: list[str]
    facet: str | None
    severity: Literal["error", "warning", "info"]
    message: str
    help: str | None
    witness: dict[str, Any] | None
    assuming: list[str]
    """Answers that the finding takes to be so, because facts cannot say them."""

    def __str__(self) -> str:
        text = f"{self.severity}[{self.code}]: {self.message}"
        return text if self.help is None else f"{text} (help: {self.help})"
