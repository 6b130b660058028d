"""Django's ``i18n`` tags with one difference: ``{% translate "…" %}`` of fixed words looks them up once per language.

A page prints two or three hundred fixed words, rows of tables the same ones again and again; the catalogue of a
language does not change while the process runs. Settings put this library in the place of ``i18n``.
"""

from __future__ import annotations

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.templatetags import i18n
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


LANGUAGE = "quick_i18n language"


def language_of(context: Context) -> str | None:
    """The language of the running template, asked once for it."""
    language: str | None = context.render_context.get(LANGUAGE)
    if language is None:
        language = context.render_context[LANGUAGE] = get_language()
    return language


class OtherLanguage(template.Node):
    """``{% language %}``: a stretch of a template in another language."""

    def __init__(self, node: i18n.LanguageNode) -> None:
        self.node = node
        self.nodelist = node.nodelist

    def render(self, context: Context) -> SafeString:
        """The stretch, which asks for its language anew."""
        with context.render_context.push():
            return mark_safe(self.node.render(context))  # noqa: S308  (rendered by its template)


class FixedWords(template.Node):
    """Words without variables: the same for everybody who reads this language."""

    child_nodelists = ()

    def __init__(self, node: i18n.TranslateNode) -> None:
        self.node, self.asvar = node, node.asvar
        node.asvar = None
        self.known: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        """The words, or nothing when they go into a variable."""
        language = language_of(context)
        words = self.known.get(language)
        if words is None:
            words = self.known[language] = mark_safe(self.node.render(context))  # noqa: S308  (words of a template)
        if self.asvar:
            context[self.asvar] = words
            return SafeString("")
        return words


@register.tag("translate")
@register.tag("trans")
def do_translate(parser: Parser, token: Token) -> template.Node:
    """``{% translate %}`` as documented by Django."""
    node = i18n.do_translate(parser, token)
    said = node.filter_expression
    fixed = getattr(said.var, "literal", None) is not None and not said.filters
    return FixedWords(node) if fixed and not node.noop and not node.message_context else node


@register.tag("language")
def do_language(parser: Parser, token: Token) -> template.Node:
    """``{% language %}`` as documented by Django."""
    return OtherLanguage(i18n.language(parser, token))
