package dev.millrace.control.groups.classic;

import dev.millrace.base.Check;
import dev.millrace.control.groups.api.Protocol;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which protocols all members of a group support, and which of them they like best. */
final class ProtocolVote {

    private final Map<String, Integer> supportersCount = new HashMap<>();

    void enter(List<Protocol> protocols) {
        protocols.forEach(protocol -> supportersCount.merge(protocol.name(), 1, Integer::sum));
    }

    void withdraw(List<Protocol> protocols) {
        protocols.forEach(protocol ->
                supportersCount.computeIfPresent(protocol.name(), (name, count) -> count == 1 ? null : count - 1));
    }

    /** Whether one of {@code protocols} is supported by all of {@code membersCount} members. */
    boolean anyCommon(List<Protocol> protocols, int membersCount) {
        return protocols.stream().anyMatch(protocol -> isCommon(protocol.name(), membersCount));
    }

    /** The most votes win, each member voting for its first protocol that all support; of equals, the one that was voted for first. */
    String elect(Collection<ClassicMember> members) {
        Map<String, Integer> votesCount = new LinkedHashMap<>();
        for (ClassicMember member : members) {
            member.protocols().stream()
                    .map(Protocol::name)
                    .filter(name -> isCommon(name, members.size()))
                    .findFirst()
                    .ifPresent(name -> votesCount.merge(name, 1, Integer::sum));
        }
        Check.that(!votesCount.isEmpty(), "the members of a group have a protocol in common");
        String winner = "";
        int winnerVotesCount = 0;
        for (Map.Entry<String, Integer> entry : votesCount.entrySet()) {
            if (entry.getValue() > winnerVotesCount) {
                winner = entry.getKey();
                winnerVotesCount = entry.getValue();
            }
        }
        return winner;
    }

    private boolean isCommon(String name, int membersCount) {
        return supportersCount.getOrDefault(name, 0) == membersCount;
    }
}
