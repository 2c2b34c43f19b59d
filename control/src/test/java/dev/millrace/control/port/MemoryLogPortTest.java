package dev.millrace.control.port;

/** The port of this process keeps the contract over a log in memory. */
class MemoryLogPortTest extends LocalLogPortContract {

    MemoryLogPortTest() {
        super(LocalControl.inMemory());
    }
}
