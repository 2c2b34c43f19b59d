package dev.millrace.testkit.files;

/** What a name stands for. */
sealed interface Node permits FileContent, Directory {}
