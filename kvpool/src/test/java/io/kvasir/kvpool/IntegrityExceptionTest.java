package io.kvasir.kvpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.kvpool.evict.LruEviction;
import io.kvasir.kvpool.group.NaiveAllocator;
import io.kvasir.kvpool.prefix.NaivePrefixIndex;
import io.kvasir.kvpool.swap.CostModel;
import java.util.List;
import org.junit.jupiter.api.Test;

final class IntegrityExceptionTest {

  @Test
  void checkIntegrityThrowsWithEveryViolation() {
    NaivePrefixIndex index = new NaivePrefixIndex();
    LruEviction eviction = new LruEviction(4);
    KvPool pool =
        new KvPool(
            new KvPoolConfig(4, 16, 4, true),
            new NaiveAllocator(4),
            eviction,
            index,
            List.of(),
            new CostModel(1, List.of()));
    pool.checkIntegrity();
    index.putIfAbsent(1, 2, 3);
    eviction.add(0);
    assertThat(pool.violations()).hasSize(4);
    assertThatThrownBy(pool::checkIntegrity)
        .isInstanceOf(IntegrityException.class)
        .hasMessageContaining("indexed hashes: counted 0, recorded 1")
        .hasMessageContaining("FREE block 0 is evictable")
        .extracting(thrown -> ((IntegrityException) thrown).violations())
        .isEqualTo(pool.violations());
  }
}
