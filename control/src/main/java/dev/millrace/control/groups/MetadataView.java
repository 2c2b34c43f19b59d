package dev.millrace.control.groups;

import dev.millrace.base.TopicId;
import dev.millrace.control.groups.api.ClusterView;
import dev.millrace.control.metadata.MetadataImage;
import dev.millrace.control.metadata.TopicImage;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** The metadata as groups see it. Immutable. */
public record MetadataView(MetadataImage image) implements ClusterView {

    @Override
    public Optional<Topic> topic(String name) {
        return image.topic(name).map(MetadataView::topic);
    }

    @Override
    public Optional<Topic> topic(TopicId id) {
        return image.topic(id).map(MetadataView::topic);
    }

    @Override
    public Collection<String> topicNames() {
        return image.topics().stream().map(TopicImage::name).toList();
    }

    @Override
    public Map<String, String> configs(String groupId) {
        return image.groupConfigs().getOrDefault(groupId, Map.of());
    }

    private static Topic topic(TopicImage topic) {
        return new Topic(topic.name(), topic.id(), topic.partitionsCount());
    }
}
