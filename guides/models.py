"""Questions people ask, with the court's answers."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class FaqEntry(models.Model):
    """One question, the wordings people use for it, and the answer with its source in the law."""

    code = models.CharField(_("编号"), max_length=20, unique=True)
    category = models.CharField(_("类别"), max_length=20)
    question = models.CharField(_("问题"), max_length=200)
    variants = ArrayField(
        models.CharField(max_length=200), verbose_name=_("其他问法"), default=list, blank=True
    )
    answer = models.TextField(_("回答"))
    legal_basis = models.CharField(_("依据"), max_length=300, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("常见问题")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.question
