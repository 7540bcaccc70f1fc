package io.kvasir.loadtest.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.v1.FinishReason;
import io.kvasir.v1.GenerateRequest;
import io.kvasir.v1.StopConditions;
import io.kvasir.v1.TokenIds;
import io.kvasir.worker.runner.hash.HashModelRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A conversation of two turns with the hash oracle, whose answers are known beforehand: any wrong
 * block changes them. Sessions of one tenant begin with the same two blocks.
 *
 * @param tenant whose it is
 * @param first prompt of the first turn
 * @param firstAnswer tokens that follow it
 * @param second prompt of the second turn: the first, its answer and more
 * @param secondAnswer tokens that follow it
 */
record Session(String tenant, int[] first, int[] firstAnswer, int[] second, int[] secondAnswer) {
  private static final int TENANTS = 20;
  private static final int SYSTEM_TOKENS = 2 * StackSetup.BLOCK_TOKENS;

  /** Random sessions. */
  static List<Session> random(int count, int answerTokens, long seed, int vocabularySize) {
    System.out.println("sessions of seed " + seed);
    Random random = new Random(seed);
    List<int[]> systems = new ArrayList<>();
    for (int i = 0; i < TENANTS; i++) {
      systems.add(tokens(random, SYSTEM_TOKENS, vocabularySize));
    }
    List<Session> sessions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int tenant = i % TENANTS;
      int[] first =
          concat(systems.get(tenant), tokens(random, 1 + random.nextInt(40), vocabularySize));
      int[] firstAnswer = HashModelRunner.expected(first, answerTokens, vocabularySize);
      int[] more = tokens(random, 1 + random.nextInt(20), vocabularySize);
      int[] second = concat(concat(first, firstAnswer), more);
      sessions.add(
          new Session(
              "tenant-" + tenant,
              first,
              firstAnswer,
              second,
              HashModelRunner.expected(second, answerTokens, vocabularySize)));
    }
    return sessions;
  }

  private static int[] tokens(Random random, int count, int vocabularySize) {
    return random.ints(count, HashModelRunner.RESERVED_IDS, vocabularySize).toArray();
  }

  private static int[] concat(int[] a, int[] b) {
    return IntStream.concat(IntStream.of(a), IntStream.of(b)).toArray();
  }

  GenerateRequest firstTurn() {
    return request(first, firstAnswer);
  }

  GenerateRequest secondTurn() {
    return request(second, secondAnswer);
  }

  private GenerateRequest request(int[] prompt, int[] answer) {
    TokenIds.Builder ids = TokenIds.newBuilder();
    IntStream.of(prompt).forEach(ids::addIds);
    return GenerateRequest.newBuilder()
        .setTenantId(tenant)
        .setTokenIds(ids)
        .setStop(StopConditions.newBuilder().setMaxTokens(answer.length).setIgnoreEos(true))
        .build();
  }

  /** Tokens of the second prompt in full blocks that the first turn computed. */
  int cacheableTokens() {
    // The last token of the first answer was never an input.
    int computed = first.length + firstAnswer.length - 1;
    return computed / StackSetup.BLOCK_TOKENS * StackSetup.BLOCK_TOKENS;
  }

  void checkFirst(Generation generation) {
    check(generation, firstAnswer);
  }

  void checkSecond(Generation generation) {
    check(generation, secondAnswer);
  }

  private static void check(Generation generation, int[] answer) {
    assertThat(generation.finished().getFinishReason())
        .as(generation.finished()::toString)
        .isEqualTo(FinishReason.FINISH_REASON_LENGTH);
    assertThat(generation.tokenIds()).isEqualTo(IntStream.of(answer).boxed().toList());
  }

  static List<GenerateRequest> firstTurns(List<Session> sessions) {
    return sessions.stream().map(Session::firstTurn).toList();
  }

  static List<GenerateRequest> secondTurns(List<Session> sessions) {
    return sessions.stream().map(Session::secondTurn).toList();
  }

  /** Checks the answers of all first turns. */
  static void checkFirst(List<Session> sessions, List<Generation> generations) {
    for (int i = 0; i < sessions.size(); i++) {
      sessions.get(i).checkFirst(generations.get(i));
    }
  }

  /** Checks the answers of all second turns. */
  static void checkSecond(List<Session> sessions, List<Generation> generations) {
    for (int i = 0; i < sessions.size(); i++) {
      sessions.get(i).checkSecond(generations.get(i));
    }
  }
}
