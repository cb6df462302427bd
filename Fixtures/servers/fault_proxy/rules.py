"""Which requests fail, and how."""

import re
import threading
from dataclasses import dataclass

from .options import json_name, setting

_FAULTS = (
    "delay",
    "stall",
    "respond",
    "reset_after",
    "corrupt_request_byte",
    "drop_after_body",
    "corrupt_response_byte",
    "truncate_response",
)


@dataclass(frozen=True)
class Rule:
    """What happens to the requests whose `METHOD TARGET` the pattern `match` is found in: all of it, in the order
    in which it stands here. Offsets count from 0; a corrupted byte has its lowest bit flipped."""

    match: str = setting(str, "a regular expression for METHOD TARGET", "")
    skip: int = setting(int, "leave the first so many matching requests alone", 0)
    times: int = setting(int, "then affect so many (default: all)")
    delay: float = setting(float, "wait so many seconds before anything else", 0.0)
    stall: bool = setting(bool, "neither read the body nor answer, until the client gives up", False)
    respond: int = setting(int, "answer with this status and don't ask the server")
    retry_after: str = setting(str, "the Retry-After of that answer")
    reset_after: int = setting(int, "reset after so many bytes of the request's body")
    corrupt_request_byte: int = setting(int, "corrupt the request's body at this offset")
    drop_after_body: bool = setting(bool, "let the server answer, then reset instead of passing it on", False)
    corrupt_response_byte: int = setting(int, "corrupt the response's body at this offset")
    truncate_response: int = setting(int, "end the connection after so many bytes of the response's body")

    def names(self):
        """The faults that the rule injects, for the log."""
        return [json_name(name) for name in _FAULTS if getattr(self, name) != getattr(NO_RULE, name)]


NO_RULE = Rule()


class RuleBook:
    """The rules in force, and how often each has matched. Threads share it."""

    def __init__(self, rules):
        self._lock = threading.Lock()
        self.replace(rules)

    def replace(self, rules):
        """Forget the rules and their counts."""
        compiled = [[rule, re.compile(rule.match), 0] for rule in rules]
        with self._lock:
            self._entries = compiled

    def take(self, request):
        """The first rule that affects the request `METHOD TARGET`, or one without faults."""
        with self._lock:
            for entry in self._entries:
                rule, pattern, _ = entry
                if pattern.search(request):
                    entry[2] += 1
                    if entry[2] > rule.skip and (rule.times is None or entry[2] <= rule.skip + rule.times):
                        return rule
        return NO_RULE
