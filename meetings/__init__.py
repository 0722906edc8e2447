"""Floor 2, the "x": mechanisms, meetings, agendas, decisions and the reminders of meetings."""
