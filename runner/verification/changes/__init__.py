"""What a change, such as a pull request, does to records and rules: the present state is compared with a base."""
