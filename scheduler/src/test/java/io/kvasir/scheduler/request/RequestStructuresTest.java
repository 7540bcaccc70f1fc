package io.kvasir.scheduler.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.scheduler.tenant.Tenant;
import io.kvasir.scheduler.tenant.TenantSpec;
import io.kvasir.worker.step.TokenScore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RequestStructuresTest {
  private static final OutputText NO_TEXT =
      new OutputText() {
        @Override
        public Piece append(int tokenId) {
          return new Piece("", false);
        }

        @Override
        public String finish() {
          return "";
        }
      };
  private static final RequestListener NOBODY =
      new RequestListener() {
        @Override
        public void onToken(int index, int tokenId, String text, List<TokenScore> candidates) {}

        @Override
        public void onFinished(FinishedEvent finished) {}
      };

  private static Request request(int priority, long arrival) {
    RequestSpec spec =
        RequestSpec.draft("request-" + arrival, "tenant", new int[] {1, 2, 3}, 4)
            .priority(priority)
            .build();
    return new Request(spec, new Tenant(TenantSpec.of("tenant")), NO_TEXT, NOBODY, arrival);
  }

  @Test
  void onlyTheMovesOfTheTableAreLegal() {
    for (RequestState from : RequestState.values()) {
      for (RequestState to : RequestState.values()) {
        boolean legal =
            switch (from) {
              case WAITING, PREEMPTED -> to == RequestState.RUNNING || to == RequestState.FINISHED;
              case RUNNING -> to == RequestState.PREEMPTED || to == RequestState.FINISHED;
              case FINISHED -> false;
            };
        assertThat(from.mayBecome(to)).as("%s to %s", from, to).isEqualTo(legal);
      }
    }
    Request request = request(0, 7);
    request.finish(0);
    assertThatThrownBy(() -> request.admit(0, 0, 0, 0))
        .hasMessage("request request-7 cannot go from FINISHED to RUNNING");
  }

  @Test
  void aRequestIsBehindByWhatIsKnownAndNotPlanned() {
    Request request = request(0, 0);
    request.admit(0, 0, 0, 5);
    assertThat(request.tokensBehind()).isEqualTo(3);
    request.planned(3, true, 1);
    assertThat(request.tokensBehind()).as("the sample in flight").isEqualTo(1);
    request.planned(1, true, 1);
    assertThat(request.computed(3)).isZero();
    request.sampleArrived();
    request.append(9, 6);
    request.preempt(0);
    request.sampleArrived();
    request.append(9, 7);
    request.admit(1, 0, 0, 8);
    assertThat(request.tokensBehind()).isEqualTo(5);
    request.planned(5, true, 2);
    assertThat(request.computed(5)).as("computed again").isEqualTo(3);
    request.planned(1, true, 2);
    assertThat(request.tokensBehind()).as("the limit is in flight").isZero();
  }

  @Test
  void theRunningAreSortedWhateverIsAddedAndRemovedAndHoweverRanksChange() {
    SplittableRandom random = new SplittableRandom(11);
    IdentityHashMap<Request, Long> ranks = new IdentityHashMap<>();
    RequestQueue queue = new RequestQueue(request -> ranks.getOrDefault(request, 0L));
    List<Request> naive = new ArrayList<>();
    Comparator<Request> order =
        Comparator.<Request>comparingLong(request -> ranks.getOrDefault(request, 0L))
            .thenComparingLong(Request::arrival);
    for (int i = 0; i < 3000; i++) {
      int dice = random.nextInt(10);
      if (naive.isEmpty() || dice > 4) {
        Request request = request(0, (i * 7919L) % 3001);
        ranks.put(request, (long) random.nextInt(50));
        queue.add(request);
        naive.add(request);
      } else if (dice > 0) {
        queue.remove(naive.remove(random.nextInt(naive.size())));
      } else {
        naive.forEach(request -> ranks.merge(request, (long) random.nextInt(3), Long::sum));
        queue.rank();
      }
      naive.sort(order);
      assertThat(queue.size()).isEqualTo(naive.size());
      int any = naive.isEmpty() ? 0 : random.nextInt(naive.size());
      assertThat(naive.isEmpty() || (queue.get(any) == naive.get(any) && queue.inPlace(any)))
          .isTrue();
    }
    for (int i = 0; i < naive.size(); i++) {
      assertThat(queue.get(i)).isSameAs(naive.get(i));
    }
    assertThatThrownBy(() -> queue.remove(request(0, 5000)))
        .hasMessageContaining("not in the queue: request-5000");
  }

  @Test
  void aSlotIsUsedAgainOnlyAfterAPlanReleasedIt() {
    Slots slots = new Slots(2);
    int first = slots.acquire();
    int second = slots.acquire();
    assertThat(first).isNotEqualTo(second);
    slots.retire(first);
    assertThat(slots.freeCount()).isZero();
    assertThatThrownBy(() -> slots.retire(first)).isInstanceOf(IllegalStateException.class);
    assertThat(slots.takeRetired()).containsExactly(first);
    assertThat(slots.acquire()).isEqualTo(first);
    slots.retire(second);
    slots.takeRetired();
    slots.retireFree();
    assertThat(slots.takeRetired()).as("after a failed step").containsExactly(second);
  }

  @Test
  void aRequestWaitsForTheLoadsOfTheNextWorkerAgain() {
    Request request = request(0, 0);
    request.swap().losePatience();
    assertThat(request.swap().impatient()).isTrue();
    request.loseWorker(0);
    assertThat(request.swap().impatient()).isFalse();
  }
}
