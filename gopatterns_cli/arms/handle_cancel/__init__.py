"""Handle cancel: whoever waits for a result waits for the cancel as well."""
