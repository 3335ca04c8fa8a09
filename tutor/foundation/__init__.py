"""The ground floor: what every room may use, and what knows no other room.

Standard library only, but for two small, well-kept packages imported when first needed:
``platformdirs`` (where files belong on this system) and ``rich.cells`` (how wide text is, so that
our widths and Textual's are always the same).
"""
