"""What a lab is: its file, its settings, its controls, its goal and its panels.

- `lab_config.LabConfig` is the configuration of a run; `lab_files.load_lab` reads one: begin there.
- `settings` has an object for each setting, and `controls` what the learner may change.
- `lab_reader` turns values into a configuration, `validate` says what does not fit together, `faults` has the errors.
- `draft` has the settings of the next run with their history, `curve_builder` a curve that is built by hand.
- `own_lab` makes a lab from the learner's own table, `goals` judges attempts, `limits` bounds what runs may use.
- `check` finds the faults of a course's labs.
- `script` writes a lab as a script that runs without tutor.
- `panels` has what is drawn of a run.
"""
