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
    "answer",
    "early",
    "forget",
    "interim",
    "http10",
    "cut_head",
    "again",
    "stall_after",
    "set_request_header",
    "shift_range",
    "set_header",
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
    answer: str = setting(str, "send this in place of an answer, \\r and \\n for ends of lines, and end the connection")
    early: bool = setting(bool, "send `answer` before the request's body is read", False)
    forget: int = setting(int, "read the body, answer with this status as the service would, and don't ask it")
    interim: int = setting(int, "send so many answers of the statuses 100 and 103 first", 0)
    http10: bool = setting(bool, "answer as HTTP/1.0, the body ending with the connection", False)
    cut_head: int = setting(int, "end the connection after so many bytes of the answer's head")
    again: bool = setting(bool, "send the answer twice", False)
    stall_after: int = setting(int, "after so many bytes of the response's body send no more, until the client gives up")
    set_request_header: str = setting(str, "`Name: value` in place of what the client sent")
    shift_range: int = setting(int, "ask the server for the range so many bytes further on", 0)
    set_header: str = setting(str, "`Name: value` in place of what the server sent; an empty value takes the header away")

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
