package dev.millrace.interop;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;

/** What one client is asked to do, and the checks of what it printed. Topics are made beforehand, with four partitions. */
final class Conversation {
    private static final int RECORDS = 200;
    private static final int PARTITIONS = 4;
    /** Of which every other one is aborted. */
    private static final int TRANSACTIONS = 20;

    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final String SHARED_TOPIC = "interop-shared";
    private static final Pattern SPACE = Pattern.compile(" ");

    private final Client client;
    private final String bootstrap;
    private final String prefix;

    Conversation(Client client, String bootstrap) {
        this.client = client;
        this.bootstrap = bootstrap;
        this.prefix = "interop-" + client.name().replace(' ', '-') + "-";
    }

    /** Each record comes back once, in order, with its key and its header. */
    void roundTrip(String codec) {
        String topic = created(prefix + codec);
        client.run(bootstrap, "produce", topic, codec, Integer.toString(RECORDS));
        expectAll(client.run(bootstrap, "consume", topic, Integer.toString(RECORDS)), 1);
    }

    /** Every client, with every codec, writes to one topic, once; this client reads it all. */
    void readAll(List<Client> writers) {
        int written = 0;
        boolean first = !exists(SHARED_TOPIC);
        created(SHARED_TOPIC);
        for (Client writer : writers) {
            // A client may lack a codec of another's: kafkajs has no lz4.
            for (String codec : writer.codecs()) {
                if (!codec.equals("lz4")) {
                    if (first) {
                        writer.run(bootstrap, "produce", SHARED_TOPIC, codec, Integer.toString(RECORDS));
                    }
                    written++;
                }
            }
        }
        expectAll(client.run(bootstrap, "consume", SHARED_TOPIC, Integer.toString(RECORDS * written)), written);
    }

    /** A second member of the group, started after the first has left, sees only what the first did not. */
    void resume() {
        String topic = created(prefix + "resume");
        client.run(bootstrap, "produce", topic, "none", Integer.toString(RECORDS));
        Set<String> seen = new HashSet<>();
        for (int part = 0; part < 2; part++) {
            List<String> lines =
                    client.run(bootstrap, "resume", topic, prefix + "resume", Integer.toString(RECORDS / 2));
            for (String line : lines) {
                expect(seen.add(line), "read twice: " + line);
            }
        }
        expect(seen.size() == RECORDS, "read " + seen.size() + " of " + RECORDS + " records");
    }

    /** Two members share the partitions; when one is killed, the other gets them all. */
    void takeOver() {
        String topic = created(prefix + "group");
        try (Member first = client.join(bootstrap, topic, prefix + "group")) {
            until("the first member gets all partitions", () -> first.assigned().size() == PARTITIONS);
            try (Member second = client.join(bootstrap, topic, prefix + "group")) {
                until("two members share the partitions", () -> share(first.assigned(), second.assigned()));
            }
            until("the survivor gets all partitions", () -> first.assigned().size() == PARTITIONS);
        }
    }

    /** Of transactions that are committed and aborted by turns, the committed ones are there, with their offsets. */
    void transact() {
        String topic = created(prefix + "transact");
        String group = prefix + "transact";
        client.run(bootstrap, "transact", topic, group, Integer.toString(TRANSACTIONS));
        Set<String> due = new TreeSet<>();
        for (int i = 0; i < TRANSACTIONS; i += 2) {
            due.add("value-" + i);
        }
        List<String> lines = client.run(bootstrap, "consume", topic, Integer.toString(due.size()));
        Set<String> found = new TreeSet<>();
        lines.forEach(
                line -> found.add(SPACE.splitAsStream(line).skip(3).findFirst().orElse("")));
        expect(found.equals(due) && lines.size() == due.size(), "committed is " + lines + ", due is " + due);
        // The last transaction is aborted: its offset is not the group's.
        long offset = committedOffset(group, new TopicPartition(topic, 0));
        expect(offset == TRANSACTIONS - 1, "the group is at offset " + offset + ", not at " + (TRANSACTIONS - 1));
    }

    private long committedOffset(String group, TopicPartition partition) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            OffsetAndMetadata committed = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(partition);
            return committed == null ? -1 : committed.offset();
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot ask for the offsets of " + group, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    void administer() {
        client.run(bootstrap, "admin", prefix + "admin");
    }

    private static boolean share(Set<Integer> first, Set<Integer> second) {
        Set<Integer> all = new HashSet<>(first);
        all.addAll(second);
        return first.size() == PARTITIONS / 2 && second.size() == PARTITIONS / 2 && all.size() == PARTITIONS;
    }

    /** Lines are {@code PARTITION OFFSET KEY VALUE HEADER}; each key was written {@code times} times. */
    private static void expectAll(List<String> lines, int times) {
        Map<String, Long> offsetNext = new TreeMap<>();
        Map<String, Integer> seen = new TreeMap<>();
        for (String line : lines) {
            List<String> parts = SPACE.splitAsStream(line).toList();
            expect(parts.size() == 5, "a record has lost something: " + line);
            long offset = Long.parseLong(parts.get(1));
            long due = offsetNext.getOrDefault(parts.get(0), 0L);
            expect(
                    offset == due,
                    "partition " + parts.get(0) + ": offset " + offset + " came where " + due + " was due");
            offsetNext.put(parts.get(0), offset + 1);
            expect(parts.get(3).equals(parts.get(2).replace("key", "value")), "key and value do not fit: " + line);
            expect(!parts.get(4).equals("-"), "the header is missing: " + line);
            seen.merge(parts.get(2), 1, Integer::sum);
        }
        expect(seen.size() == RECORDS, seen.size() + " keys came, " + RECORDS + " were written");
        seen.forEach((key, count) -> expect(count == times, key + " came " + count + " times, not " + times));
    }

    private String created(String topic) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("cannot create " + topic, e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        return topic;
    }

    private boolean exists(String topic) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            return admin.listTopics().names().get().contains(topic);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot list topics", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static void until(String what, BooleanSupplier condition) {
        long endNs = System.nanoTime() + TIMEOUT_NS;
        while (!condition.getAsBoolean()) {
            expect(System.nanoTime() < endNs, "did not happen: " + what);
            try {
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    private static void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
