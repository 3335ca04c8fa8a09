"""Files as earlier editions of tutor left them, read by this one."""
