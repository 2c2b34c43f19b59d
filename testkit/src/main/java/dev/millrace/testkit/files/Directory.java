package dev.millrace.testkit.files;

import java.util.TreeMap;

/** Names: as programs see them, and as they would be found after a power cut. */
final class Directory implements Node {

    TreeMap<String, Node> seen = new TreeMap<>();
    final TreeMap<String, Node> durable = new TreeMap<>();
}
