package dev.millrace.parity;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The whole script. */
public final class Script {
    static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private static final List<Chapter> CHAPTERS = List.of(
            new ClusterChapter(),
            new TopicsChapter(),
            new ConfigsChapter(),
            new ProduceChapter(),
            new FetchChapter(),
            new OffsetsChapter(),
            new ReassignmentsChapter(),
            new GroupsChapter(),
            new GroupOffsetsChapter(),
            new VersionsChapter(),
            new FeaturesChapter(),
            new TransactionsChapter(),
            new ConsumerGroupsChapter());

    private Script() {}

    /** The names of the chapters, in the order in which they must be played. */
    public static List<String> chapters() {
        return CHAPTERS.stream().map(Chapter::name).toList();
    }

    /**
     * Plays the whole script against a fresh broker on 127.0.0.1.
     *
     * @return what was answered, by chapter
     */
    public static Map<String, ObjectNode> play(int port) {
        Map<String, ObjectNode> answers = new LinkedHashMap<>();
        for (Chapter chapter : CHAPTERS) {
            ObjectNode recording = JSON.createObjectNode();
            try (Stage stage = new Stage(port, recording)) {
                chapter.play(stage);
            }
            answers.put(chapter.name(), recording);
        }
        return answers;
    }
}
