"""Transactions of librdkafka, as Debian ships it, for the interop suite (see ../README.md): BOOTSTRAP TOPIC GROUP COUNT."""

import sys

from confluent_kafka import Consumer, Producer, TopicPartition

TIMEOUT_S = 30
BOOTSTRAP, TOPIC, GROUP, COUNT = sys.argv[1:]

producer = Producer({"bootstrap.servers": BOOTSTRAP, "transactional.id": "librdkafka-" + GROUP})
producer.init_transactions(TIMEOUT_S)
# Never joins: it only tells the group's name, as librdkafka wants it told.
consumer = Consumer({"bootstrap.servers": BOOTSTRAP, "group.id": GROUP})
for i in range(int(COUNT)):
    producer.begin_transaction()
    producer.produce(TOPIC, key="key-%d" % i, value="value-%d" % i, headers=[("client", b"librdkafka")])
    # An abort would throw away what was not sent yet.
    producer.flush(TIMEOUT_S)
    producer.send_offsets_to_transaction([TopicPartition(TOPIC, 0, i + 1)], consumer.consumer_group_metadata(), TIMEOUT_S)
    if i % 2 == 0:
        producer.commit_transaction(TIMEOUT_S)
    else:
        producer.abort_transaction(TIMEOUT_S)
consumer.close()
