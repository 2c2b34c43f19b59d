package dev.millrace.base.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class MetricsTest {

    private final Metrics metrics = new Metrics();

    @Test
    void shouldPublishWhatWasMadeBeforeAndAfter() {
        Counter bytes =
                metrics.counter(new MetricName("log.append.bytes", "bytes", "Bytes appended.", "shard=0,kind=a"));
        Distribution syncs = metrics.distribution(new MetricName("log.journal.sync.time", "ns", "Time of a sync."));
        AtomicInteger level = new AtomicInteger(7);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        metrics.publishTo(registry);
        metrics.gauge(new MetricName("wire.connections", "connections", "Open connections."), level::get);

        bytes.add(41);
        bytes.increment();
        syncs.record(100);
        syncs.record(300);
        assertThat(registry.get("log.append.bytes")
                        .tag("shard", "0")
                        .tag("kind", "a")
                        .functionCounter()
                        .count())
                .isEqualTo(42);
        assertThat(registry.get("log.journal.sync.time.count").functionCounter().count())
                .isEqualTo(2);
        assertThat(registry.get("log.journal.sync.time.sum").functionCounter().count())
                .isEqualTo(400);
        assertThat(registry.get("log.journal.sync.time")
                        .tag("quantile", "1.0")
                        .gauge()
                        .value())
                .isEqualTo(300);
        assertThat(registry.get("wire.connections").gauge().value()).isEqualTo(7);
        assertThat(registry.get("wire.connections").gauge().getId().getBaseUnit())
                .isEqualTo("connections");
        assertThat(metrics.all()).hasSize(3);
        assertThatThrownBy(() -> metrics.publishTo(registry)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldRefuseNamesakesAndNamesThatSayNothing() {
        metrics.counter(new MetricName("a.b", "bytes", "One."));
        assertThatThrownBy(() -> metrics.counter(new MetricName("a.b", "bytes", "One.")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a.b");
        metrics.counter(new MetricName("a.b", "bytes", "One.", "shard=1"));
        assertThatThrownBy(() -> new MetricName("Bytes", "bytes", "One.")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new MetricName("a.b", "", "One.")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new MetricName("a.b", "bytes", "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new MetricName("a.b", "bytes", "One.", "shard"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldGiveQuantilesAtMostAnEighthTooLarge() {
        Distribution distribution = metrics.distribution(new MetricName("a.b", "ns", "One."));
        assertThat(distribution.quantile(0.99)).isZero();
        for (int i = 1; i <= 100_000; i++) {
            distribution.record(i);
        }
        assertThat(distribution.quantile(0.5)).isBetween(50_000L, 56_250L);
        assertThat(distribution.quantile(0.99)).isBetween(99_000L, 100_000L);
        assertThat(distribution.quantile(1)).isEqualTo(100_000);
        assertThat(distribution.largest()).isEqualTo(100_000);
        assertThat(distribution.count()).isEqualTo(100_000);
        distribution.record(-5);
        assertThat(distribution.quantile(0)).isZero();
    }

    @Test
    void shouldPutEveryValueIntoABucketThatHoldsIt() {
        Random random = new Random(1);
        int before = -1;
        for (long value = 0; value < 100_000; value++) {
            int index = Distribution.bucketIndex(value);
            assertThat(index).isBetween(before, before + 1);
            before = index;
        }
        for (int i = 0; i < 100_000; i++) {
            long value = random.nextLong() >>> (1 + random.nextInt(62));
            int index = Distribution.bucketIndex(value);
            assertThat(Distribution.largestIn(index)).isGreaterThanOrEqualTo(value);
            assertThat(index == 0 ? -1 : Distribution.largestIn(index - 1)).isLessThan(value);
        }
        assertThat(Distribution.largestIn(Distribution.bucketIndex(Long.MAX_VALUE)))
                .isEqualTo(Long.MAX_VALUE);
    }
}
