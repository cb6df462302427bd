"""Settings that have one name in Python, on the command line and in JSON: reset_after, --reset-after, resetAfter."""

import dataclasses


def json_name(field_name):
    """resetAfter for reset_after."""
    first, *rest = field_name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def add_arguments(parser, kind):
    """An option for each field of the dataclass `kind`; a field's metadata hold its type and its help."""
    for field in dataclasses.fields(kind):
        name = f"--{field.name.replace('_', '-')}"
        about = field.metadata["help"]
        if field.metadata["type"] is bool:
            parser.add_argument(name, action="store_true", help=about)
        else:
            parser.add_argument(name, type=field.metadata["type"], default=field.default, help=about)


def from_arguments(kind, chosen):
    """The dataclass with what the command line chose."""
    return kind(**{field.name: getattr(chosen, field.name) for field in dataclasses.fields(kind)})


def from_json(kind, values):
    """The dataclass with what an object of JSON says; ValueError names a key that means nothing."""
    fields = {json_name(field.name): field for field in dataclasses.fields(kind)}
    unknown = values.keys() - fields.keys()
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(fields))}")
    return kind(**{fields[key].name: fields[key].metadata["type"](value) for key, value in values.items()})


def setting(kind, about, default=None):
    """A field of such a dataclass."""
    return dataclasses.field(default=default, metadata={"type": kind, "help": about})
