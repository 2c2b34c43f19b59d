package dev.millrace.parity;

import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.ApiKeys;

/** The APIs of a Kafka broker that Millrace does not serve, each with the reason. */
final class NotServed {
    private static final String SECURITY =
            "Authentication and authorization are not built: whoever reaches the listener may do everything.";
    private static final String QUOTAS = "Quotas are not built.";
    private static final String TOKENS = "Delegation tokens need authentication, which is not built.";
    private static final String SHARE_GROUPS =
            "Share groups (KIP-932) are not built; their place is `control/groups/share`.";
    private static final String STREAMS_GROUPS =
            "Streams groups (KIP-1071) are not built: Kafka Streams uses the classic protocol here.";
    private static final String CONTROLLERS =
            "There is one node, which cannot be unregistered, and no Raft quorum that others could join.";

    /** By key. */
    static final SortedMap<Integer, String> REASONS = new TreeMap<>();

    static {
        because(SECURITY, ApiKeys.SASL_HANDSHAKE, ApiKeys.SASL_AUTHENTICATE);
        because(SECURITY, ApiKeys.DESCRIBE_ACLS, ApiKeys.CREATE_ACLS, ApiKeys.DELETE_ACLS);
        because(SECURITY, ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS, ApiKeys.ALTER_USER_SCRAM_CREDENTIALS);
        because(QUOTAS, ApiKeys.DESCRIBE_CLIENT_QUOTAS, ApiKeys.ALTER_CLIENT_QUOTAS);
        because(TOKENS, ApiKeys.CREATE_DELEGATION_TOKEN, ApiKeys.RENEW_DELEGATION_TOKEN);
        because(TOKENS, ApiKeys.EXPIRE_DELEGATION_TOKEN, ApiKeys.DESCRIBE_DELEGATION_TOKEN);
        because(SHARE_GROUPS, ApiKeys.SHARE_GROUP_HEARTBEAT, ApiKeys.SHARE_GROUP_DESCRIBE, ApiKeys.SHARE_FETCH);
        because(SHARE_GROUPS, ApiKeys.SHARE_ACKNOWLEDGE, ApiKeys.INITIALIZE_SHARE_GROUP_STATE);
        because(SHARE_GROUPS, ApiKeys.READ_SHARE_GROUP_STATE, ApiKeys.WRITE_SHARE_GROUP_STATE);
        because(SHARE_GROUPS, ApiKeys.DELETE_SHARE_GROUP_STATE, ApiKeys.READ_SHARE_GROUP_STATE_SUMMARY);
        because(SHARE_GROUPS, ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS, ApiKeys.ALTER_SHARE_GROUP_OFFSETS);
        because(SHARE_GROUPS, ApiKeys.DELETE_SHARE_GROUP_OFFSETS);
        because(STREAMS_GROUPS, ApiKeys.STREAMS_GROUP_HEARTBEAT, ApiKeys.STREAMS_GROUP_DESCRIBE);
        because(STREAMS_GROUPS, ApiKeys.STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE);
        because(CONTROLLERS, ApiKeys.UNREGISTER_BROKER, ApiKeys.UNREGISTER_CONTROLLER);
        because(CONTROLLERS, ApiKeys.ADD_RAFT_VOTER, ApiKeys.REMOVE_RAFT_VOTER);
    }

    private NotServed() {}

    private static void because(String reason, ApiKeys... keys) {
        for (ApiKeys key : keys) {
            REASONS.put((int) key.id, reason);
        }
    }
}
