package io.kvasir.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IntegrityChecksTest {
  private static final long CHECK_NANOS = 1_000;

  private long now = 77;
  private int told;
  private int made;
  private final IntegrityChecks checks = new IntegrityChecks(() -> now);

  private CompletableFuture<List<String>> ask() {
    return checks.ask(() -> told++);
  }

  private List<String> check() {
    now += CHECK_NANOS;
    made++;
    return List.of("check " + made);
  }

  /** As a turn of the loop: makes the check that somebody waits for, if it is due. */
  private void turn() {
    if (told > 0) {
      checks.want();
    }
    told = 0;
    if (now >= checks.dueNanos()) {
      checks.make(this::check);
    }
  }

  @Test
  void allWhoAskBeforeACheckBeginsShareIt() {
    List<CompletableFuture<List<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      answers.add(ask());
    }
    assertThat(told).isEqualTo(1);
    turn();
    assertThat(answers).allMatch(answer -> answer.join().equals(List.of("check 1")));
    assertThat(made).isEqualTo(1);
  }

  @Test
  void whoAsksAgainAndAgainTakesASixteenthOfTheTime() {
    long busy = 0;
    long began = now;
    for (int i = 0; i < 100_000; i++) {
      var _ = ask();
      int before = made;
      turn();
      busy += (made - before) * CHECK_NANOS;
      now += 10;
      assertThat(busy)
          .isLessThanOrEqualTo((now - began) / (1 + IntegrityChecks.REST) + CHECK_NANOS);
    }
    assertThat(made).as("and is answered").isGreaterThan(50);
  }

  @Test
  void whoAsksWhileACheckIsMadeWaitsForTheNextOne() {
    List<CompletableFuture<List<String>>> late = new ArrayList<>();
    var _ = ask();
    checks.want();
    checks.make(() -> {
      late.add(ask());
      return check();
    });
    assertThat(checks.dueNanos()).isEqualTo(Long.MAX_VALUE);
    checks.want();
    assertThat(checks.dueNanos()).isEqualTo(now + IntegrityChecks.REST * CHECK_NANOS);
    checks.make(this::check);
    assertThat(late.getFirst().join()).containsExactly("check 2");
  }

  @Test
  void whoeverWaitsWhenNothingIsCheckedAnyMoreIsAnswered() {
    CompletableFuture<List<String>> answer = ask();
    checks.answer("closed");
    assertThat(answer.join()).containsExactly("closed");
    turn();
    assertThat(made).as("nobody waits").isZero();
  }
}
