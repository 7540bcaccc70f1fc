package io.kvasir.kvpool.evict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BucketQueuesTest {
  private static final int BLOCKS = 12;
  private static final int BUCKETS = 3;

  @Test
  void blockIsQueuedOnce() {
    BucketQueues queues = new BucketQueues(2, 2);
    queues.addLast(1, 0);
    assertThat(queues.bucketOf(0)).isEqualTo(1);
    assertThatThrownBy(() -> queues.addLast(0, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("block 0 is in a queue already");
    assertThatThrownBy(() -> queues.remove(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("block 1 is in no queue");
    assertThatThrownBy(() -> queues.bucketOf(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void agreesWithLists() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      BucketQueues queues = new BucketQueues(BLOCKS, BUCKETS);
      List<List<Integer>> naive = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      for (int step = 0; step < 200; step++) {
        Integer block = random.nextInt(BLOCKS);
        assertThat(queues.contains(block))
            .isEqualTo(naive.stream().anyMatch(q -> q.contains(block)));
        if (queues.contains(block)) {
          queues.remove(block);
          naive.forEach(queue -> queue.remove(/* element */ block));
        } else {
          int bucket = random.nextInt(BUCKETS);
          queues.addLast(bucket, block);
          naive.get(bucket).add(block);
        }
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
          List<Integer> queue = naive.get(bucket);
          assertThat(queues.first(bucket))
              .as("seed %d, step %d", seed, step)
              .isEqualTo(queue.isEmpty() ? BucketQueues.END : queue.getFirst());
        }
        assertThat(queues.size()).isEqualTo(naive.stream().mapToInt(List::size).sum());
      }
    }
  }
}
