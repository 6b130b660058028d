"""How the API reads bodies. Named in the settings, so it imports nothing of REST framework's views."""

import json
from decimal import Decimal
from typing import Any, NoReturn

from rest_framework import exceptions
from rest_framework.parsers import JSONParser

LONGEST_BODY = 1_000_000
"""Bytes of JSON; files do not travel in JSON."""


class StrictJSONParser(JSONParser):
    """JSON without repeated keys, NaN or bottomless nesting; numbers with a point are Decimal."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """ParseError (400) when it cannot be read, a body over the size limit included."""
        raw = stream.read(LONGEST_BODY + 1)
        if len(raw) > LONGEST_BODY:
            raise exceptions.ParseError
        try:
            return json.loads(
                raw.decode("utf-8"),
                parse_float=Decimal,
                parse_constant=_refuse_constant,
                object_pairs_hook=_object_of_distinct_keys,
            )
        except (ValueError, RecursionError) as exc:
            raise exceptions.ParseError from exc


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _object_of_distinct_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("repeated key")
    return found
