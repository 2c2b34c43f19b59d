package dev.millrace.control.groups.api;

import java.util.Arrays;

/**
 * A way of assigning (for consumers, an assignor such as {@code range}) that a member supports, with what the member tells
 * the leader under it. The metadata are the clients' own affair, save the topics of a consumer's subscription.
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by content below; never changed.
public record Protocol(String name, byte[] metadata) {

    @Override
    public boolean equals(Object other) {
        return other instanceof Protocol(String otherName, byte[] otherMetadata)
                && name.equals(otherName)
                && Arrays.equals(metadata, otherMetadata);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(metadata);
    }

    @Override
    public String toString() {
        return name + "(" + metadata.length + " bytes)";
    }
}
