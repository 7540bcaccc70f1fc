package io.kvasir.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.kvasir.worker.model.gguf.Dequantizer;
import io.kvasir.worker.model.gguf.GgmlType;
import io.kvasir.worker.model.gguf.ModelFormatException;
import io.kvasir.worker.model.gguf.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files cut off or changed anywhere are refused or work; they never do anything else. */
final class DamagedModelTest {

  @TempDir private Path folder;

  @Test
  void truncatedAnywhere() throws IOException {
    byte[] bytes = small().gguf().build();
    Path file = folder.resolve("model.gguf");
    int step = Math.max(1, bytes.length / 400);
    for (int length = 0; length < bytes.length; length += length < 100 ? 1 : step) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> ModelFile.open(file))
          .as("%d of %d bytes", length, bytes.length)
          .isInstanceOf(ModelFormatException.class)
          .hasMessageStartingWith(file + ": ");
    }
  }

  @Test
  void changedBytes() throws IOException {
    int opened = 0;
    for (int seed = 0; seed < 700; seed++) {
      Random random = new Random(seed);
      TinyModel settings = seed % 2 == 0 ? small() : small().byteLevel();
      byte[] bytes = settings.gguf().text("tokenizer.chat_template", "{{ 1 }}").build();
      int header = bytes.length - 12_000;
      for (int change = random.nextInt(3); change >= 0; change--) {
        int at = random.nextInt(random.nextInt(4) == 0 ? 400 : header);
        bytes[at] =
            switch (random.nextInt(3)) {
              case 0 -> (byte) random.nextInt();
              case 1 -> (byte) 0xFF;
              default -> (byte) (bytes[at] ^ 1 << random.nextInt(8));
            };
      }
      Path file = Files.write(folder.resolve("model.gguf"), bytes);
      try (ModelFile model = ModelFile.open(file)) {
        opened++;
        model.tokenizer().decode(model.tokenizer().encode("Once upon <s> \u00e9", true, true));
        for (Tensor tensor : model.gguf().tensors()) {
          Dequantizer.row(tensor, tensor.rows() - 1, new float[tensor.rowElements()], 0);
        }
      } catch (ModelFormatException e) {
        assertThat(e).hasMessageStartingWith(file + ": ");
      } catch (RuntimeException | Error e) {
        fail("seed " + seed + " of changedBytes", e);
      }
    }
    assertThat(opened).isBetween(25, 675);
  }

  @Test
  void hugeCountsAreRefusedBeforeAnythingIsAllocated() {
    byte[] many = {8, 0, 0, 0, -1, -1, -1, 0, 0, 0, 0, 0};
    Path file = small().gguf().raw("list", 9, many).write(folder.resolve("model.gguf"));
    assertThatThrownBy(() -> ModelFile.open(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageMatching(".*length of array list is 16777215, but only \\d+ bytes follow.*");
    byte[] more = {0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0};
    Path other = small().gguf().raw("list", 9, more).write(folder.resolve("model.gguf"));
    assertThatThrownBy(() -> ModelFile.open(other))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageEndingWith("length of array list is 4294967296, the limit is 16777216");
  }

  private static TinyModel small() {
    return TinyModel.llama(5)
        .dim(8)
        .hiddenDim(8)
        .heads(2, 1)
        .layers(1)
        .vocabulary(300)
        .weights(GgmlType.F32);
  }
}
