"""The screens, one module each, with its stylesheet beside it where it needs one."""
