"""Drawing: one file per output form and per thing drawn. Nothing here computes."""
