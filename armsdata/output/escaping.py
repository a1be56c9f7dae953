"""Text that strangers wrote, made harmless for where it is going: terminal, workflow command, Markdown, XML."""

from __future__ import annotations

import json
import re

_MARKDOWN = re.compile(r"[&<>|`*_\[\]~#@:\\$]")
#: What a terminal, an editor or a log would act upon, and JSON does not escape by itself.
_JSON_ACTIVE = re.compile("##(?=\\[)|[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
#: Compiled when it is used: that takes 3 ms, which few commands need.
_NOT_XML = "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def visible(text: str) -> str:
    """The text of a stranger for a line that a person reads: it steers neither the terminal nor a service that logs it.

    Control and other unprintable characters become escapes. So does what GitHub takes for a workflow command: two
    colons at the beginning of a line, and ``##[`` anywhere.
    """
    shown = text
    if not text.isprintable():
        shown = "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)
    if shown.lstrip().startswith("::"):
        shown = shown.replace(":", "\\x3a", 1)
    return shown.replace("##[", "#\\x23[")


def json_text(content: object, indent: int = 2) -> str:
    """JSON that steers neither a terminal nor a service that logs it; it says the same to every reader of JSON."""
    text = json.dumps(content, ensure_ascii=False, indent=indent) + "\n"
    return _JSON_ACTIVE.sub(lambda found: found[0][:-1] + f"\\u{ord(found[0][-1]):04x}", text)


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
    legal = re.sub(_NOT_XML, lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
    for character, reference in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        legal = legal.replace(character, reference)
    return legal.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")
