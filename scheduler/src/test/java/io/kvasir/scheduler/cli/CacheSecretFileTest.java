package io.kvasir.scheduler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.kvasir.scheduler.plan.CacheSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CacheSecretFileTest {
  @TempDir private Path directory;

  @Test
  void makesASecretOnceAndKeepsIt() throws IOException {
    Path file = directory.resolve("new/secret");
    CacheSecret made = CacheSecretFile.readOrMake(file);
    assertThat(CacheSecretFile.readOrMake(file)).isEqualTo(made);
    assertThat(CacheSecretFile.readOrMake(directory.resolve("other"))).isNotEqualTo(made);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void readsWhatAnotherInstanceWasGiven() throws IOException {
    Path file = Files.writeString(directory.resolve("s"), "00000000000000010000000000000002\n");
    assertThat(CacheSecretFile.readOrMake(file)).isEqualTo(new CacheSecret(1, 2));
  }

  @Test
  void refusesAnythingElseWithoutShowingIt() throws IOException {
    Path file = Files.writeString(directory.resolve("s"), "hunter2");
    assertThatIOException()
        .isThrownBy(() -> CacheSecretFile.readOrMake(file))
        .withMessageContaining("32 hexadecimal digits")
        .withMessageNotContaining("hunter2");
  }
}
