"""What the commands that hosts call as hooks share, and those that install them."""
