"""Clean up: tasks that work in a loop end when whoever started them leaves."""
