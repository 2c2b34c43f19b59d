package dev.millrace.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Files that the user names on the command line: read here, past the {@code FileStore}, because no simulation ever runs a command. */
final class UserFiles {

    private UserFiles() {}

    static InputStream open(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw new CommandException("cannot read " + file + ": it is a directory, name a file in it");
            }
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    static String readText(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    static long sizeBytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    static CommandException unreadable(Path file, IOException cause) {
        String why = switch (cause) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "no permission";
            default -> String.valueOf(cause.getMessage());
        };
        return new CommandException("cannot read " + file.toAbsolutePath() + ": " + why);
    }
}
