"""What every other package may use, and what imports none of them.

- `translate`: interface text in the learner's language, by key. Begin here: nearly every module uses it.
- `errors`: `TutorError`, a failure explained in a sentence, and the exit codes. `suggest`: the nearest right name.
- `safe_text`: text from outside, made harmless for a terminal. `text`: text measured in cells, cut and wrapped.
- `terminal`: which characters and colours the terminal shows, and its size.
- `files`: files read and written with care. `private`: folders that only the learner can read. `paths`: where all of
  them are. `toml_text`: TOML from outside, with limits.
- `clock`: the time, and durations in words. `data_names`: the names of columns and classes in the learner's language.

Only the standard library is imported, except ``platformdirs`` in `paths` and ``rich.cells`` in `text`.
"""
