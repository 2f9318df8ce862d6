"""The little markup the pages write themselves: every text is escaped on its way in."""

from html import escape

__all__ = ["element", "escape", "link", "module", "table"]
VOID = {"input", "meta"}  # elements without an end tag


def element(tag: str, *children: str, cls: str = "", **attributes: str) -> str:
    """An element with children that are markup already; attributes are escaped."""
    named = {"class": cls, **attributes} if cls else attributes
    written = "".join(f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"' for name, value in named.items())
    return f"<{tag}{written}>" if tag in VOID else f"<{tag}{written}>{''.join(children)}</{tag}>"


def link(text: str, href: str, cls: str = "", **attributes: str) -> str:
    return element("a", escape(text), cls=cls, href=href, **attributes)


def table(left: str, right: str, rows: list[tuple[str, str]]) -> str:
    """Two columns: a name and what it means."""
    head = element("tr", element("th", escape(left), scope="col"), element("th", escape(right), scope="col"))
    body = "".join(element("tr", element("th", escape(name), scope="row"), element("td", escape(meaning))) for name, meaning in rows)
    return element("table", element("thead", head), element("tbody", body), cls="meanings")


def module(base: str, name: str) -> str:
    """JavaScript that imports a module of ours inside a page: a bare import() there would look beside Gradio's script."""
    return f"import(new URL('{base}/{name}.js', document.baseURI))"
