package dev.millrace.wire.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.utils.internals.ImplicitLinkedHashCollection;
import org.junit.jupiter.api.Test;

final class RepeatedKeysTest {

    private static final int COUNT = 2 * RepeatedKeys.ARRAY_LENGTH_UNCHECKED;

    /** Those in whose answers such collections hold only what the server has to tell, whatever was asked. */
    private static final Set<ApiKeys> OF_THE_SERVER =
            Set.of(ApiKeys.FETCH, ApiKeys.API_VERSIONS, ApiKeys.DESCRIBE_CLUSTER, ApiKeys.DESCRIBE_QUORUM);

    @Test
    void shouldKnowEveryApiThatCollects() {
        for (ApiKeys key : ApiKeys.clientApis()) {
            boolean collects =
                    hasCollection(key.messageType.newRequest()) || hasCollection(key.messageType.newResponse());
            assertThat(RepeatedKeys.mustBeChecked(key))
                    .as(key.name())
                    .isEqualTo(collects && !OF_THE_SERVER.contains(key));
        }
    }

    private static boolean hasCollection(ApiMessage message) {
        return Arrays.stream(message.getClass().getDeclaredClasses())
                .anyMatch(ImplicitLinkedHashCollection.class::isAssignableFrom);
    }

    @Test
    void shouldRefuseNamesThatAreRepeated() {
        List<String> same = Collections.nCopies(COUNT, "same");
        refuses(ApiKeys.DELETE_GROUPS, 2, new DeleteGroupsRequestData().setGroupsNames(same));
        refuses(ApiKeys.DELETE_TOPICS, 5, new DeleteTopicsRequestData().setTopicNames(same));
        refuses(
                ApiKeys.METADATA,
                12,
                metadata(same.stream().map(RepeatedKeysTest::named).toList()));
        refuses(
                ApiKeys.DELETE_RECORDS,
                2,
                new DeleteRecordsRequestData()
                        .setTopics(List.of(new DeleteRecordsTopic()
                                .setName("a")
                                .setPartitions(Collections.nCopies(
                                        COUNT, new DeleteRecordsPartition().setPartitionIndex(3))))));
    }

    @Test
    void shouldTakeTopicsByDifferentIds() {
        List<MetadataRequestTopic> asked = new ArrayList<>();
        List<DeleteTopicState> deleted = new ArrayList<>();
        for (int n = 1; n <= COUNT; n++) {
            asked.add(new MetadataRequestTopic().setName(null).setTopicId(new Uuid(1, n)));
            deleted.add(new DeleteTopicState().setName(null).setTopicId(new Uuid(1, n)));
        }
        takes(ApiKeys.METADATA, 12, metadata(asked));
        takes(ApiKeys.DELETE_TOPICS, 6, new DeleteTopicsRequestData().setTopics(deleted));
    }

    @Test
    void shouldTakeManyDifferentTopicsByName() {
        List<MetadataRequestTopic> asked = new ArrayList<>();
        for (int n = 1; n <= COUNT; n++) {
            asked.add(named("topic" + n));
        }
        takes(ApiKeys.METADATA, 12, metadata(asked));
    }

    private static MetadataRequestTopic named(String name) {
        return new MetadataRequestTopic().setName(name);
    }

    private static MetadataRequestData metadata(List<MetadataRequestTopic> topics) {
        return new MetadataRequestData().setTopics(topics);
    }

    private static void refuses(ApiKeys key, int version, ApiMessage request) {
        assertThatThrownBy(() -> check(key, version, request)).hasMessageContaining("with the same key");
    }

    private static void takes(ApiKeys key, int version, ApiMessage request) {
        assertThatCode(() -> check(key, version, request)).doesNotThrowAnyException();
    }

    private static void check(ApiKeys key, int version, ApiMessage request) {
        ByteBuffer body =
                MessageUtil.toByteBufferAccessor(request, (short) version).buffer();
        RepeatedKeys.check(key.messageType.requestSchemas()[version], body);
    }
}
