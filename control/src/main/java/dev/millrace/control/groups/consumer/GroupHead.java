package dev.millrace.control.groups.consumer;

/**
 * What is so of a group as a whole. Immutable.
 *
 * @param epoch grows with each change of members, subscriptions or topics
 * @param targetEpoch the epoch that the targets were made for; behind {@code epoch} while they are still to be made
 * @param topicsHash of the topics that members subscribe to, as they were when the group looked last; see {@link Subscriptions#hash}
 */
record GroupHead(int epoch, int targetEpoch, long topicsHash) {

    static final GroupHead NEW = new GroupHead(0, 0, 0);

    GroupHead nextEpoch() {
        return new GroupHead(epoch + 1, targetEpoch, topicsHash);
    }

    GroupHead assigned() {
        return new GroupHead(epoch, epoch, topicsHash);
    }

    GroupHead withTopicsHash(long hash) {
        return new GroupHead(epoch, targetEpoch, hash);
    }
}
