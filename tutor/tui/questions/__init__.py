"""A question on the screen: in a lesson, a quiz or a review.

Begin with `question.QuestionWidget`: it shows one exercise (`tutor.study.question_attempt`), locks and saves the
answer, starts the runs of a prediction, and posts messages when something has changed. Its parts are:

- `ask` takes keys and mouse, and changes the draft of the answer;
- `rows` draws question and verdict as rows of cells: functions without a screen;
- `run_card` shows a run that decides a prediction.

`one_question` is the base of the screens for quiz and review: one question at a time, and a page when none is left.

How each type of question is answered, graded and described is in `tutor.course.questions`; nothing here names a type,
except by its ``interaction`` (choose, arrange, pair or type), which decides what the keys mean.
"""
