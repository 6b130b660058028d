"""Model fields shared by all apps."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from common import crypto


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # Django's fields are generic for the checker only
    """Text encrypted in the database (ID number, phone, bank account). Cannot be searched: use a blind index beside it."""

    def _context(self) -> str:
        return f"{self.model._meta.label_lower}.{self.attname}"

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return crypto.encrypt(text, context=self._context()) if text else text

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return crypto.decrypt(value, context=self._context()) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        """Only emptiness can be asked of a sealed column."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


class PublicIdField(models.UUIDField):  # type: ignore[type-arg]
    """The id used outside: UUIDv4, says nothing about time or number (DESIGN §9)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"default": uuid.uuid4, "unique": True, "editable": False}
        super().__init__("公开编号", **kwargs)

    def deconstruct(self) -> Any:
        name, path, _args, kwargs = super().deconstruct()
        for fixed in ("default", "unique", "editable", "verbose_name"):
            kwargs.pop(fixed, None)
        return name, path, [], kwargs


def yuan_field(verbose_name: Any, **kwargs: Any) -> Any:
    """Decimal yuan with two places (REL-01)."""
    return models.DecimalField(verbose_name, max_digits=18, decimal_places=2, **kwargs)
