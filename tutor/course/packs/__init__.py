"""Packs: courses of other authors beside the shipped one. A pack is a folder of lessons with a ``pack.toml``.

Begin with `installed.open_course`: it composes the course of the shipped lessons and of the learner's packs.

- `manifest` reads ``pack.toml``.
- `namespace` gives the ids of a pack's lessons, questions, terms and labs the pack's id, once they are read.
- `installed` finds the packs that were added, that came as Python packages, and that ``TUTOR_LESSONS`` names.
- `adding` adds, updates and removes packs; `archive` and `repository` bring one here from a zip file or with git.
"""
