package dev.millrace.bench;

import java.util.List;

/** From exec to the first answer to a Metadata request, from the second start on. */
record StartRow(String name, String title, List<Side> sides, List<Goal> goals) implements Row {
    @Override
    public boolean startsBrokers() {
        return true;
    }

    @Override
    public void prepare(Station station) {
        station.broker().start();
        station.broker().stop();
    }

    @Override
    public Figures measure(Station station) {
        double seconds = station.broker().start() / 1e9;
        station.broker().stop();
        return Figures.of().with(Figures.SECONDS, seconds);
    }
}
