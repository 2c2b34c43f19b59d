package dev.millrace.control.machine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A machine to test the runtime with: counters that only grow, by name. */
final class CounterMachine implements Machine<CounterMachine.Command> {

    sealed interface Command {
        /** Adds one to each of the counters, and answers what the first one is then. */
        record Increment(java.util.List<String> names, Reply<Long> reply) implements Command {}

        record Read(String name, Reply<Long> reply) implements Command {}

        /** Answers with the next {@link Release}. */
        record Park(Reply<String> reply) implements Command {}

        record Release(String word) implements Command {}

        record Later(String timer, long delayMs, String word) implements Command {}

        record Cancel(String timer) implements Command {}

        record Break() implements Command {}
    }

    private final Map<String, Long> counters = new TreeMap<>();
    private final ArrayList<Reply<String>> parked = new ArrayList<>();

    Map<String, Long> counters() {
        return counters;
    }

    @Override
    public void handle(Command command, Turn<Command> turn) {
        switch (command) {
            case Command.Increment(var names, var reply) -> {
                names.forEach(name -> turn.record(fact(name, read(name) + 1)));
                turn.answer(reply, read(names.getFirst()) + 1);
            }
            case Command.Read(var name, var reply) -> turn.answer(reply, read(name));
            case Command.Park(var reply) -> parked.add(reply);
            case Command.Release(var word) -> {
                parked.forEach(reply -> turn.answer(reply, word));
                parked.clear();
            }
            case Command.Later(var timer, var delayMs, var word) ->
                turn.timer(timer, delayMs, new Command.Release(word));
            case Command.Cancel(var timer) -> turn.cancelTimer(timer);
            case Command.Break() -> throw new IllegalStateException("broken on purpose");
        }
    }

    @Override
    public void replay(MachineRecord record) {
        String name = new String(record.key(), StandardCharsets.UTF_8);
        record.value()
                .ifPresentOrElse(
                        value -> counters.put(name, ByteBuffer.wrap(value).getLong()), () -> counters.remove(name));
    }

    @Override
    public void snapshot(Consumer<MachineRecord> out) {
        counters.forEach((name, value) -> out.accept(fact(name, value)));
    }

    private long read(String name) {
        return counters.getOrDefault(name, 0L);
    }

    static MachineRecord fact(String name, long value) {
        return new MachineRecord(
                name.getBytes(StandardCharsets.UTF_8),
                Optional.of(ByteBuffer.allocate(8).putLong(value).array()));
    }
}
