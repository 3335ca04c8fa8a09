"""Learning with the course: reading a lesson, taking a quiz, reviewing cards. State machines without a screen.

Begin with `quiz_session`: a session hands out a `QuestionAttempt` for each question; a front shows its `attempt` and
passes on what the learner does. Every answer is recorded the moment it is locked.

- `attempt`: one answer in the making: draft, hints, lock, verdict. `question_attempt` records it and measures its time.
- `lesson_session`, `quiz_session`, `exam_session`, `review_session`, with `question_series`, `quiz_choice` and
  `mixing`: what is asked, in which order, and what comes next.
- `deck`, `term_questions`: cards and terms of the glossary as questions.
- `predictions`: which facts of a run decide a prediction.
- `report`, `misconceptions`: what the recorded answers show, to the learner and to authors.
- `passages`, `digest`: paragraphs to search and to note; what to keep of a lesson as Markdown.
- `reading_time`: how long a lesson is read. `wording`: sentences that all fronts share.
"""
