package io.kvasir.scheduler.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.request.Request;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a tenant might try to be given more than its share under fair slack: none of it pays. */
class FairSlackGamingTest {
  private static final int STEPS = 2000;

  private final ServiceRig rig =
      new ServiceRig(PolicyKind.FAIR_SLACK, PolicySettings.DEFAULT, 4000, 12);

  private interface Trick {
    void play(int step);
  }

  /** Service of the one who tries it by that of one who does not; both wait all the time. */
  private double advantage(Trick trick) {
    for (int s = 0; s < STEPS; s++) {
      while (rig.queued("honest") < 10) {
        rig.submit("honest", 100, 30, 30, 0, 0);
      }
      trick.play(s);
      rig.step();
    }
    return rig.service("trickster") / rig.service("honest");
  }

  @Test
  void longPromptsDoNotPay() {
    double advantage =
        advantage(step -> {
          while (rig.queued("trickster") < 5) {
            rig.submit("trickster", 2000, 1);
          }
        });
    assertThat(advantage).isBetween(0.7, 1.05);
  }

  /** However few requests the honest one keeps waiting: its queue runs empty with every burst. */
  @Test
  void longPromptsAreNeverAheadByMoreThanOneOfThemAndTheWindow() {
    for (PolicyKind kind : List.of(PolicyKind.FAIR_SLACK, PolicyKind.VTC)) {
      for (int prompt : new int[] {500, 2000, 3900}) {
        ServiceRig machine = new ServiceRig(kind, PolicySettings.DEFAULT, 4000, 12);
        double most = 0;
        for (int s = 0; s < 2 * STEPS; s++) {
          while (machine.queued("honest") < 10) {
            machine.submit("honest", 100, 30);
          }
          while (machine.queued("trickster") < 5) {
            machine.submit("trickster", prompt, 1);
          }
          machine.step();
          most = Math.max(most, machine.service("trickster") - machine.service("honest"));
        }
        double bound = PolicySettings.DEFAULT.windowTokens() + prompt + 2 * 12 * 30;
        assertThat(most).as("%s, prompts of %d", kind, prompt).isLessThan(bound);
      }
    }
  }

  @Test
  void manySmallRequestsDoNotPay() {
    double advantage =
        advantage(step -> {
          while (rig.queued("trickster") < 100) {
            rig.submit("trickster", 1, 2);
          }
        });
    assertThat(advantage).isBetween(0.7, 1.05);
  }

  @Test
  void falseDeadlinesDoNotPay() {
    double advantage =
        advantage(step -> {
          while (rig.queued("trickster") < 20) {
            rig.submit("trickster", 100, 30, 30, 0, 1);
          }
        });
    assertThat(advantage).isBetween(0.9, 1.05);
  }

  @Test
  void longAnswersThatLookShortDoNotPay() {
    double advantage =
        advantage(step -> {
          while (rig.queued("trickster") < 20) {
            rig.submit("trickster", 1, step % 400 == 0 ? 600 : 1, 600, 0, 0);
          }
        });
    assertThat(advantage).isLessThan(1.05);
  }

  @Test
  void cancelledStreamsArePaidFor() {
    Deque<Request> streams = new ArrayDeque<>();
    double advantage =
        advantage(step -> {
          while (rig.queued("trickster") < 10) {
            streams.add(rig.submit("trickster", 100, 30, 3000, 0, 0));
          }
          for (int i = streams.size(); i > 0; i--) {
            Request stream = streams.remove();
            if (stream.completionTokens() == 29) {
              rig.cancel(stream);
            } else if (stream.completionTokens() < 29) {
              streams.add(stream);
            }
          }
        });
    assertThat(advantage).isBetween(0.9, 1.05);
  }

  @Test
  void aStreamKeptOpenToSaveUpDoesNotPay() {
    for (int s = 0; s < STEPS; s++) {
      while (rig.queued("honest") < 10) {
        rig.submit("honest", 100, 30, 30, 0, 0);
      }
      if (s % 500 == 0) {
        rig.submit("trickster", 1, 510);
      }
      rig.step();
    }
    double honest = rig.service("honest");
    double trickster = rig.service("trickster");
    assertThat(trickster).isLessThan(honest / 20);
    double advantage =
        advantage(step -> {
          while (rig.queued("trickster") < 10) {
            rig.submit("trickster", 100, 30, 30, 0, 0);
          }
        });
    double since = (rig.service("trickster") - trickster) / (rig.service("honest") - honest);
    assertThat(advantage).isLessThan(1);
    assertThat(since).isBetween(0.9, 1.05);
  }

  @Test
  void stayingAwayToSaveUpDoesNotPay() {
    for (int s = 0; s < STEPS; s++) {
      while (rig.queued("honest") < 10) {
        rig.submit("honest", 100, 30, 30, 0, 0);
      }
      rig.step();
    }
    double before = rig.service("honest");
    double advantage =
        advantage(step -> {
          while (rig.queued("trickster") < 10) {
            rig.submit("trickster", 100, 30, 30, 0, 0);
          }
        });
    double since = rig.service("trickster") / (rig.service("honest") - before);
    assertThat(advantage).isLessThan(1);
    assertThat(since).isBetween(0.9, 1.05);
  }

  /** Again and again: each time it may use the credit, which is less than it left to the other. */
  @Test
  void comingAndGoingSavesTheCreditAtMost() {
    double credit = PolicySettings.DEFAULT.creditTokens();
    double mostAhead = 0;
    double before = 0;
    for (int s = 0; s < 4 * STEPS; s++) {
      boolean away = s % 400 < 200;
      while (rig.queued("honest") < 10) {
        rig.submit("honest", 100, 30, 30, 0, 0);
      }
      while (!away && rig.queued("trickster") < 10) {
        rig.submit("trickster", 100, 30, 30, 0, 0);
      }
      rig.step();
      double ahead = rig.service("trickster") - rig.service("honest");
      before = away ? ahead : before;
      mostAhead = Math.max(mostAhead, ahead - before);
    }
    assertThat(mostAhead).isBetween(credit / 2, credit + 32 + 12 * (100 + 2 * 30));
    assertThat(rig.service("trickster")).isLessThan(rig.service("honest"));
  }
}
