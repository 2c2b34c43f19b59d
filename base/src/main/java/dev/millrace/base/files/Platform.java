package dev.millrace.base.files;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What kind of system this is. */
final class Platform {

    private static final String NAME = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);

    static final boolean IS_LINUX = NAME.startsWith("linux");
    static final boolean IS_WINDOWS = NAME.startsWith("windows");

    private Platform() {}

    static boolean isLinuxAtLeast(int major, int minor) {
        Matcher version = Pattern.compile("(\\d+)\\.(\\d+).*").matcher(System.getProperty("os.version", ""));
        if (!IS_LINUX || !version.matches()) {
            return false;
        }
        int foundMajor = Integer.parseInt(version.group(1));
        return foundMajor > major || (foundMajor == major && Integer.parseInt(version.group(2)) >= minor);
    }
}
