package dev.millrace.jepsen;

import dev.millrace.peer.Broker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** What is done to a broker while clients work. Each heals by itself before it returns. */
enum Fault {
    /** {@code kill -9}, and a start at once. */
    KILL("kill -9") {
        @Override
        void inflict(Broker broker, Random random) {
            broker.kill();
            broker.start();
        }
    },

    /** SIGSTOP, and SIGCONT after a while, in which clients may give up. */
    PAUSE("SIGSTOP") {
        @Override
        void inflict(Broker broker, Random random) throws InterruptedException {
            broker.pause();
            try {
                TimeUnit.MILLISECONDS.sleep(200 + random.nextInt(4_000));
            } finally {
                broker.resume();
            }
        }
    },

    /** Each sync takes some tens of milliseconds longer. */
    SLOW_DISK("slow disk") {
        @Override
        void inflict(Broker broker, Random random) throws InterruptedException {
            String delay = "inject=fdatasync,fsync:delay_enter=" + (10_000 + random.nextInt(60_000));
            try {
                Process strace = new ProcessBuilder(
                                "strace",
                                "-f",
                                "-q",
                                "-e",
                                "trace=fdatasync,fsync",
                                "-e",
                                delay,
                                "-o",
                                "/dev/null",
                                "-p",
                                Long.toString(broker.stats().pid()))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                try {
                    TimeUnit.MILLISECONDS.sleep(1_000 + random.nextInt(3_000));
                } finally {
                    strace.destroy();
                    strace.waitFor();
                }
            } catch (IOException e) {
                throw new UncheckedIOException("slow disks need strace: install Debian's package strace", e);
            }
        }
    };

    private final String title;

    Fault(String title) {
        this.title = title;
    }

    /** Does it, and returns when the broker works again. */
    abstract void inflict(Broker broker, Random random) throws InterruptedException;

    @Override
    public String toString() {
        return title;
    }
}
