"""How it is measured: side by side, in time and memory, as a table and as a drawing."""
