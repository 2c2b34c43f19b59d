"""kafka-python, as Debian ships it, as a client of the interop suite (see ../README.md)."""

import sys
import time

from kafka import ConsumerRebalanceListener, KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic

TIMEOUT_S = 60
BOOTSTRAP, VERB, TOPIC, *REST = sys.argv[1:]


def produce(codec, count):
    producer = KafkaProducer(
        bootstrap_servers=BOOTSTRAP, acks="all", linger_ms=5, compression_type=None if codec == "none" else codec
    )
    sent = [
        producer.send(TOPIC, key=b"key-%d" % i, value=b"value-%d" % i, headers=[("client", b"kafka-python")])
        for i in range(count)
    ]
    for one in sent:
        one.get(timeout=TIMEOUT_S)
    producer.close()


def new_consumer(group=None):
    return KafkaConsumer(
        bootstrap_servers=BOOTSTRAP,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=6000,
        heartbeat_interval_ms=500,
    )


def read(consumer, count, at_once=500):
    end = time.monotonic() + TIMEOUT_S
    seen = 0
    while seen < count:
        if time.monotonic() > end:
            raise RuntimeError("only %d of %d records came" % (seen, count))
        for records in consumer.poll(timeout_ms=200, max_records=min(at_once, count - seen)).values():
            for record in records:
                seen += 1
                header = dict(record.headers).get("client", b"-")
                print(record.partition, record.offset, record.key.decode(), record.value.decode(), header.decode())


def consume(count):
    consumer = new_consumer()
    partitions = [TopicPartition(TOPIC, number) for number in consumer.partitions_for_topic(TOPIC)]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    read(consumer, count)
    consumer.close()


def resume(group, count):
    consumer = new_consumer(group)
    consumer.subscribe([TOPIC])
    read(consumer, count, at_once=1)
    consumer.commit()
    consumer.close()


class Printer(ConsumerRebalanceListener):
    def on_partitions_revoked(self, revoked):
        pass

    def on_partitions_assigned(self, assigned):
        print("assigned", *sorted(partition.partition for partition in assigned), flush=True)


def join(group):
    consumer = new_consumer(group)
    consumer.subscribe([TOPIC], listener=Printer())
    while True:
        consumer.poll(timeout_ms=200)


def until(what, question):
    end = time.monotonic() + TIMEOUT_S
    while not question():
        if time.monotonic() > end:
            raise RuntimeError("does not hold: " + what)
        time.sleep(0.05)


def admin():
    client = KafkaAdminClient(bootstrap_servers=BOOTSTRAP)
    client.create_topics([NewTopic(TOPIC, 3, 1, topic_configs={"retention.ms": "3600000"})])
    until("the topic is listed", lambda: TOPIC in client.list_topics())

    def retention():
        answers = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, TOPIC, {"retention.ms": None})])
        return answers[0].resources[0][4][0][1]

    until("retention.ms is set", lambda: retention() == "3600000")
    client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, TOPIC, {"retention.ms": "7200000"})])
    until("retention.ms is altered", lambda: retention() == "7200000")
    client.create_partitions({TOPIC: NewPartitions(5)})
    until("it has five partitions", lambda: len(client.describe_topics([TOPIC])[0]["partitions"]) == 5)
    client.list_consumer_groups()
    client.delete_topics([TOPIC])
    until("the topic is gone", lambda: TOPIC not in client.list_topics())
    client.close()


if VERB == "produce":
    produce(REST[0], int(REST[1]))
elif VERB == "consume":
    consume(int(REST[0]))
elif VERB == "resume":
    resume(REST[0], int(REST[1]))
elif VERB == "join":
    join(REST[0])
elif VERB == "admin":
    admin()
else:
    raise SystemExit("unknown verb " + VERB)
