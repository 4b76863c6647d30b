"""Output and input at a terminal: lines and colours, progress, the key prompt."""
