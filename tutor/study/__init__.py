"""Reading a lesson and taking a quiz, as state machines that no screen is needed for.

`LessonSession` and `QuizSession` hand out a `QuestionAttempt` for each question; a front shows its `Attempt` and tells
it what the learner did. Every answer is remembered the moment it is committed.
"""
