"""Which requests fail, and how."""

import collections
import contextlib
import re
import threading
import time
from dataclasses import dataclass, field, replace

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
    in which it stands here. Offsets count from 0; a corrupted byte has its lowest bit flipped.

    With `most_at_once` or `most_per_second` the rule is a service's that throttles: `respond` is for the requests
    above that, at once, and everything else for those that are let in."""

    match: str = setting(str, "a regular expression for METHOD TARGET", "")
    skip: int = setting(int, "leave the first so many matching requests alone", 0)
    times: int = setting(int, "then affect so many (default: all)")
    delay: float = setting(float, "wait so many seconds before anything else", 0.0)
    stall: bool = setting(bool, "neither read the body nor answer, until the client gives up", False)
    most_at_once: int = setting(int, "let so many matching requests in at a time, and `respond` to the others")
    most_per_second: int = setting(int, "let so many matching requests in in any second, and `respond` to the others")
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

    @property
    def throttles(self):
        """Whether it is a service's that lets only so many in."""
        return self.most_at_once is not None or self.most_per_second is not None


NO_RULE = Rule()


@dataclass
class _Entry:
    """A rule, and what it has seen."""

    rule: Rule
    pattern: re.Pattern
    matched: int = 0
    under_way: int = 0
    let_in: collections.deque = field(default_factory=collections.deque)

    def applies(self):
        """Whether the rule affects the request that has just matched."""
        first = self.rule.skip
        return self.matched > first and (self.rule.times is None or self.matched <= first + self.rule.times)

    def is_full(self, now):
        """Whether a rule that throttles lets nobody else in."""
        while self.let_in and self.let_in[0] <= now - 1:
            self.let_in.popleft()
        at_once, per_second = self.rule.most_at_once, self.rule.most_per_second
        return (at_once is not None and self.under_way >= at_once) or (
            per_second is not None and len(self.let_in) >= per_second
        )


class RuleBook:
    """The rules in force, and how often each has matched. Threads share it."""

    def __init__(self, rules):
        self._lock = threading.Lock()
        self.replace(rules)

    def replace(self, rules):
        """Forget the rules and their counts."""
        compiled = [_Entry(rule, re.compile(rule.match)) for rule in rules]
        with self._lock:
            self._entries = compiled

    @contextlib.contextmanager
    def taken(self, request):
        """The first rule that affects the request `METHOD TARGET`, or one without faults, while it is under way."""
        rule, entry = self._take(request)
        try:
            yield rule
        finally:
            if entry:
                with self._lock:
                    entry.under_way -= 1

    def _take(self, request):
        """The rule, and the entry that has let the request in."""
        with self._lock:
            for entry in self._entries:
                if not entry.pattern.search(request):
                    continue
                entry.matched += 1
                if not entry.applies():
                    continue
                if not entry.rule.throttles:
                    return entry.rule, None
                now = time.monotonic()
                if entry.is_full(now):
                    return replace(entry.rule, delay=0.0), None
                entry.under_way += 1
                entry.let_in.append(now)
                return replace(entry.rule, respond=None, retry_after=None), entry
        return NO_RULE, None
