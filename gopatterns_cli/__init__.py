"""The tool: commands, measuring, statistics, verdicts, rendering."""
