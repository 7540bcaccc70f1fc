package io.kvasir.scheduler.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvasir.scheduler.tenant.TenantUsage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class QueueSharesTest {
  private static final int PLACES = 1000;

  private final QueueShares queue = new QueueShares(PLACES);

  /** A tenant and its weight. */
  private record Member(TenantUsage usage, double weight) {
    Member(double weight) {
      this(new TenantUsage(), weight);
    }
  }

  private boolean offer(Member member, double heaviest) {
    return offer(member, heaviest, false);
  }

  private boolean offer(Member member, double heaviest, boolean alone) {
    if (!queue.mayWait(member.usage(), member.weight(), heaviest, alone)) {
      return false;
    }
    queue.take(member.usage(), member.weight());
    member.usage().hold();
    member.usage().accept(1, 1, 0);
    return true;
  }

  private void serve(Member member) {
    member.usage().dequeue(1);
    queue.free(member.usage());
  }

  private int fill(Member member, double heaviest) {
    int let = 0;
    while (offer(member, heaviest)) {
      let++;
    }
    return let;
  }

  @Test
  void whoIsAloneHasTheWholeQueue() {
    Member only = new Member(1);
    for (int i = 0; i < PLACES; i++) {
      assertThat(offer(only, 1, true)).isTrue();
    }
    assertThat(offer(only, 1, true)).isFalse();
  }

  @Test
  void aFloodLeavesRoomForTheShareOfTheNext() {
    Member flood = new Member(1);
    assertThat(fill(flood, 1)).isEqualTo(500);
    Member second = new Member(1);
    assertThat(fill(second, 1)).isEqualTo(333);
    assertThat(offer(flood, 1)).isFalse();
  }

  @Test
  void weightsCount() {
    Member flood = new Member(1);
    assertThat(fill(flood, 4)).isEqualTo(200);
    Member heavy = new Member(4);
    assertThat(fill(heavy, 4)).isGreaterThanOrEqualTo(PLACES * 4 / 9);
  }

  /** Any tenants flood until all have what they may; then the next one still finds its share. */
  @Test
  void theBoundHoldsForAnyWeights() {
    for (long seed = 0; seed < 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      QueueSharesTest fresh = new QueueSharesTest();
      List<Member> floods = new ArrayList<>();
      double heaviest = 0;
      double weights = 0;
      for (int i = 1 + random.nextInt(12); i > 0; i--) {
        Member member = new Member(0.1 + random.nextInt(50) / 10.0);
        floods.add(member);
        heaviest = Math.max(heaviest, member.weight());
        weights += member.weight();
      }
      Member next = new Member(heaviest * (1 + random.nextInt(10)) / 10);
      // All send as much as they can, in any order, while some of them are served.
      for (int i = 0; i < 5 * PLACES; i++) {
        Collections.shuffle(floods, new Random(random.nextLong()));
        for (Member flood : floods) {
          fresh.fill(flood, heaviest);
        }
        Member served = floods.getFirst();
        if (i < 4 * PLACES && served.usage().queued() > 0) {
          fresh.serve(served);
        }
      }
      int share = (int) (PLACES * next.weight() / (weights + next.weight() + heaviest));
      for (int i = 0; i < Math.max(1, share); i++) {
        assertThat(fresh.offer(next, heaviest))
            .as("seed %d: place %d of the share %d", seed, i, share)
            .isTrue();
      }
    }
  }

  @Test
  void aTenantWithinItsShareIsAlwaysLetInWhileAnotherSendsTwentyTimesIts() {
    Member flood = new Member(1);
    Member modest = new Member(1);
    SplittableRandom random = new SplittableRandom(7);
    List<Member> line = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      for (int k = 0; k < 20; k++) {
        if (offer(flood, 1)) {
          line.add(flood);
        }
      }
      if (modest.usage().queued() < PLACES / 3) {
        assertThat(offer(modest, 1)).as("request %d", i).isTrue();
        line.add(modest);
      }
      for (int k = random.nextInt(3); k > 0; k--) {
        serve(line.remove(random.nextInt(line.size())));
      }
    }
    assertThat(queue.taken()).isLessThanOrEqualTo(PLACES);
  }
}
