"""The check types, a module or package each, named as a contract names them."""
