"""Questions and terms of other programs: read into a lesson, and written out of one.

Begin with `detect.read_foreign`, which finds the format by what the file holds. Each format is one module, which reads
into `items` and, if we write it too, writes from them: `gift`, `aiken`, `moodle`, `qti`. `anki` and `tsv` only read.
`lesson_text` turns what was read into the text of a lesson, and `from_course` turns our questions into items.

- `items`: a question as all formats can say it, with its text as Markdown, and what could not be carried over.
- `markup`: HTML and plain text into Markdown, and Markdown into HTML.
- `xml_tree`, `archives`: XML and zip files of unknown origin, read with bounds.

Whatever a format has and a lesson has not is reported as a `Loss`. Nothing is left out without one.
"""
