"""Text that strangers wrote, made harmless for where it is going: terminal, workflow command, Markdown, XML."""

from __future__ import annotations

import re

_MARKDOWN = re.compile(r"[&<>|`*_\[\]~#@:\\$]")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def visible(text: str) -> str:
    """The text with control and other unprintable characters as escapes: a cell never steers the terminal."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def command_data(text: str) -> str:
    """The text as the message of a GitHub workflow command: it can neither end the command nor begin another."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """The text as a property of a GitHub workflow command."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")


def markdown(text: str) -> str:
    """The text as Markdown that shows it as it is within a line: no markup, no link, no mention, no further line.

    Whatever could be markup becomes a character reference, which is read after the markup is; line breaks and what
    nobody sees become escapes.
    """
    safe = _MARKDOWN.sub(lambda found: f"&#{ord(found[0])};", visible(text))
    return re.sub(r"(?i)(www)\.", r"\1&#46;", safe)


def markdown_code(text: str) -> str:
    """The text of a cell for Markdown, set as code: there, GitHub looks for no mentions and links either."""
    return f"<code>{markdown(text)}</code>" if text else ""


def xml(text: str) -> str:
    """The text for an XML element or attribute; characters that XML cannot hold become escapes."""
    legal = _NOT_XML.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
    for character, reference in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        legal = legal.replace(character, reference)
    return legal.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")
