package io.kvasir.offload.index;

import java.nio.file.Path;

final class HeapBlockIndexTest extends BlockIndexContractTest {
  @Override
  BlockIndex create(Path folder, long capacity) {
    return new HeapBlockIndex(capacity);
  }
}
