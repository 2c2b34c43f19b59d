package dev.millrace.log;

/** When an append counts as durable. */
public enum Durability {
    /** It survives a power cut: it was written to the journal and synced, together with whatever else had piled up. */
    FSYNC,
    /** The operating system has it: it survives the death of the process, as with Apache Kafka's defaults. No journal. */
    OS
}
