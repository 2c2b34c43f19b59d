// kafkajs as a client of the interop suite (see ../README.md).
import kafkajs from "kafkajs";
import snappy from "snappyjs";
import zstd from "@bokuweb/zstd-wasm";

const { CompressionCodecs, CompressionTypes, ConfigResourceTypes, Kafka, logLevel } = kafkajs;
const TIMEOUT_MS = 60_000;
const types = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  zstd: CompressionTypes.ZSTD,
};

// Java's clients frame snappy: a magic of 8 bytes, two versions, then blocks with their lengths.
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_SIZE = 16;

function unframe(buffer) {
  if (!buffer.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) {
    return Buffer.from(snappy.uncompress(buffer));
  }
  const blocks = [];
  for (let at = XERIAL_HEADER_SIZE; at < buffer.length; ) {
    const size = buffer.readInt32BE(at);
    blocks.push(Buffer.from(snappy.uncompress(buffer.subarray(at + 4, at + 4 + size))));
    at += 4 + size;
  }
  return Buffer.concat(blocks);
}

const codec = (compress, decompress) => () => ({
  compress: async (encoder) => Buffer.from(compress(encoder.buffer)),
  decompress: async (buffer) => Buffer.from(decompress(buffer)),
});
CompressionCodecs[CompressionTypes.Snappy] = codec(snappy.compress, unframe);
CompressionCodecs[CompressionTypes.ZSTD] = codec((buffer) => zstd.compress(buffer, 3), zstd.decompress);

const [bootstrap, verb, topic, ...rest] = process.argv.slice(2);
const kafka = new Kafka({ clientId: "kafkajs", brokers: [bootstrap], logLevel: logLevel.ERROR });

async function produce(codecName, count) {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const messages = Array.from({ length: count }, (_, i) => ({
    key: `key-${i}`,
    value: `value-${i}`,
    headers: { client: "kafkajs" },
  }));
  await producer.send({ topic, messages, acks: -1, compression: types[codecName] });
  await producer.disconnect();
}

/** Reads {@code count} records; kafkajs has no consumer without a group. */
async function read(groupId, count) {
  const consumer = kafka.consumer({ groupId, sessionTimeout: 6000, heartbeatInterval: 500 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`only ${seen} of ${count} records came`)), TIMEOUT_MS);
    let seen = 0;
    consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        if (seen >= count) return;
        seen++;
        console.log(`${partition} ${message.offset} ${message.key} ${message.value} ${message.headers.client ?? "-"}`);
        await consumer.commitOffsets([{ topic, partition, offset: `${BigInt(message.offset) + 1n}` }]);
        if (seen === count) {
          clearTimeout(timer);
          resolve();
        }
      },
    });
  });
  await consumer.disconnect();
}

async function join(groupId) {
  const consumer = kafka.consumer({ groupId, sessionTimeout: 6000, heartbeatInterval: 500 });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    console.log(["assigned", ...(payload.memberAssignment[topic] ?? [])].join(" "));
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({ eachMessage: async () => {} });
}

/** Transactions of one record and one offset each; every other one is aborted. */
async function transact(groupId, count) {
  const producer = kafka.producer({ transactionalId: `kafkajs-${groupId}`, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (let i = 0; i < count; i++) {
    const transaction = await producer.transaction();
    await transaction.send({
      topic,
      acks: -1,
      messages: [{ key: `key-${i}`, value: `value-${i}`, headers: { client: "kafkajs" } }],
    });
    await transaction.sendOffsets({
      consumerGroupId: groupId,
      topics: [{ topic, partitions: [{ partition: 0, offset: `${i + 1}` }] }],
    });
    await (i % 2 === 0 ? transaction.commit() : transaction.abort());
  }
  await producer.disconnect();
}

async function until(what, question) {
  const end = Date.now() + TIMEOUT_MS;
  while (!(await question())) {
    if (Date.now() > end) throw new Error(`does not hold: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function administer() {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 3, configEntries: [{ name: "retention.ms", value: "3600000" }] }] });
  await until("the topic is listed", async () => (await admin.listTopics()).includes(topic));
  const resource = { type: ConfigResourceTypes.TOPIC, name: topic };
  const retention = async () =>
    (await admin.describeConfigs({ includeSynonyms: false, resources: [{ ...resource, configNames: ["retention.ms"] }] }))
      .resources[0].configEntries[0].configValue;
  await until("retention.ms is set", async () => (await retention()) === "3600000");
  await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries: [{ name: "retention.ms", value: "7200000" }] }] });
  await until("retention.ms is altered", async () => (await retention()) === "7200000");
  await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] });
  await until("it has five partitions", async () =>
    (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0].partitions.length === 5);
  await admin.describeCluster();
  await admin.listGroups();
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopics({ topics: [topic] });
  await until("the topic is gone", async () => !(await admin.listTopics()).includes(topic));
  await admin.disconnect();
}

const verbs = {
  produce: () => produce(rest[0], Number(rest[1])),
  consume: () => read(`kafkajs-${process.pid}`, Number(rest[0])),
  resume: () => read(rest[0], Number(rest[1])),
  join: () => join(rest[0]),
  transact: () => transact(rest[0], Number(rest[1])),
  admin: () => administer(),
};

await zstd.init();
try {
  await verbs[verb]();
  if (verb !== "join") process.exit(0);
} catch (error) {
  console.error(error);
  process.exit(1);
}
