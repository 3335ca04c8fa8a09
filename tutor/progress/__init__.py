"""What is kept about the learner: settings, answers, review cards, reading positions and unfinished quizzes.

Begin with `store`: `open_store` opens the progress file, and the program reads and writes through `ProgressStore`.

- `records`: answers, positions and quizzes as values. `activity`: attempts at labs and reading times.
  `notes`: stars and notes on passages of lessons.
- `cards`: what is asked again. `scheduling`: when it is due (FSRS), and the days a learner counts.
- `statistics`: sums over all answers. `transfer`: export, import and reset; it reads a large
  export with `export_parts`, and `packed` keeps its rows.
- `database`: never loses an acknowledged write; it uses `sqlite_file`, and `salvage` for damaged files.
- `schema`: the tables and their migrations. `columns`: which values each column may hold.
- `settings`: a JSON file of its own, read before the first frame.

Keys are the ids of lessons, questions and terms, so all languages and edited texts share their progress. Nothing here
knows what a question looks like; `tutor.study` does.
"""
