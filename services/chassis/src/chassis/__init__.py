"""What every service needs and none owns. README.md says what each module is for."""
