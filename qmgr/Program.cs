return 69;
