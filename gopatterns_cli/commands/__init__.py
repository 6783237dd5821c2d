"""The commands, one file each; `gopatterns_cli.app` finds them by listing this folder."""
