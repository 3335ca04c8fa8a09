"""The learner's memory: settings, answers, reading positions and quizzes under way.

Keys are the ids of lessons, questions and terms, so that all languages and edited texts share progress.
Nothing here knows what a question looks like; `tutor.study` does.
"""
