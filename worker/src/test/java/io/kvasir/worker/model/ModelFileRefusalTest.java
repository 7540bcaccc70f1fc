package io.kvasir.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvasir.worker.model.gguf.GgmlType;
import io.kvasir.worker.model.gguf.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A file that cannot be used is refused with one sentence that names the file and the reason. */
final class ModelFileRefusalTest {

  @TempDir private Path folder;

  @Test
  void missingFile() {
    assertRefused(folder.resolve("nowhere.gguf"), "there is no such file");
  }

  @Test
  void directory() {
    assertRefused(folder, "is a directory; a model is one GGUF file");
  }

  @Test
  void deviceFile() {
    Path device = Path.of("/dev/null");
    Assumptions.assumeTrue(Files.exists(device), "no such device here");
    assertRefused(device, "is not a regular file; a model is one GGUF file");
  }

  @Test
  void emptyFile() throws IOException {
    assertRefused(Files.createFile(folder.resolve("empty.gguf")), "the file is empty");
  }

  @Test
  void otherKindOfFile() throws IOException {
    assertRefused(
        Files.writeString(folder.resolve("a.gguf"), "PK\3\4 this is a zip archive"),
        "not a GGUF file: it does not begin with the letters GGUF");
  }

  @Test
  void realFileOfVersionOne() {
    Path file =
        Path.of(
            System.getProperty("kvasir.shared", "."),
            "models/stories260K/gguf-v1-unsupported.gguf");
    Assumptions.assumeTrue(Files.exists(file), () -> file + " is not here");
    assertRefused(file, "GGUF version 1 is not supported; convert to version 3");
  }

  @Test
  void bigEndian() {
    assertRefused(
        llama().version(0x03000000), "big-endian GGUF is not supported; convert to little-endian");
  }

  @Test
  void versionTwoHasTheSameBytesAndIsRead() {
    try (ModelFile model = ModelFile.open(write(llama().version(2)))) {
      assertThat(model.gguf().version()).isEqualTo(2);
    }
  }

  static Stream<Arguments> metadata() {
    return Stream.of(
        Arguments.of(
            llama().without("general.architecture").text("general.architecture", "gemma2"),
            "architecture gemma2 is not supported; supported are llama (also Mistral) and qwen2"),
        Arguments.of(
            llama().without("general.architecture"),
            "metadata key general.architecture is missing"),
        Arguments.of(
            llama().u32("split.count", 3),
            "is one of 3 files that a model was split into; merge them into one first"),
        Arguments.of(
            llama().u32("llama.expert_count", 8),
            "models with a mixture of experts are not supported"),
        Arguments.of(
            llama().without("llama.block_count"), "metadata key llama.block_count is missing"),
        Arguments.of(replaced("llama.block_count", 0), "llama.block_count is 0, must be 1 to 1024"),
        Arguments.of(
            replaced("llama.block_count", -1),
            "llama.block_count is 4294967295, must be 1 to 1024"),
        Arguments.of(
            replaced("llama.attention.head_count", 0),
            "llama.attention.head_count is 0, must be 1 to 4096"),
        Arguments.of(
            replaced("llama.attention.head_count_kv", 0),
            "llama.attention.head_count_kv is 0, must be 1 to 4096"),
        Arguments.of(
            replaced("llama.attention.head_count_kv", 3),
            "llama.attention.head_count is 4, must be a multiple of the 3 key-value heads"),
        Arguments.of(
            replaced("llama.attention.head_count", 6),
            "llama.embedding_length is 32, must be a multiple of the 6 heads"),
        Arguments.of(
            llama().u32("llama.attention.key_length", 8).u32("llama.attention.value_length", 16),
            "heads with 8 key and 16 value elements are not supported; they must be equal"),
        Arguments.of(
            replaced("llama.rope.dimension_count", 7),
            "llama.rope.dimension_count is 7, must be even"),
        Arguments.of(
            replaced("llama.rope.dimension_count", 16),
            "llama.rope.dimension_count is 16, must be 2 to 8"),
        Arguments.of(
            llama().without("llama.rope.freq_base").f32("llama.rope.freq_base", Float.NaN),
            "llama.rope.freq_base is NaN, must be a finite number above 0"),
        Arguments.of(
            llama().text("llama.rope.scaling.type", "yarn"),
            "llama.rope.scaling.type yarn is not supported; supported are none, linear and llama3"
                + " (by the tensor rope_freqs.weight)"),
        Arguments.of(
            llama().without("llama.context_length").text("llama.context_length", "long"),
            "llama.context_length must be an integer, is a string"),
        Arguments.of(
            llama().text("general.name", "again"), "metadata key general.name appears twice"),
        Arguments.of(
            llama().raw("strange", 13, new byte[0]),
            "strange has the unknown metadata type number 13"),
        Arguments.of(
            llama().raw("strange", 9, new byte[] {9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0}),
            "strange is an array of arrays, which is not supported"),
        Arguments.of(llama().alignment(24), "general.alignment is 24, must be a power of two"),
        Arguments.of(llama().alignment(0), "general.alignment is 0, must be 1 to 1048576"));
  }

  @ParameterizedTest
  @MethodSource
  void metadata(GgufBuilder file, String problem) {
    assertRefused(file, problem);
  }

  static Stream<Arguments> tensors() {
    return Stream.of(
        Arguments.of(
            llama().withoutTensor("blk.1.ffn_up.weight"), "tensor blk.1.ffn_up.weight is missing"),
        Arguments.of(
            replaced("blk.0.attn_k.weight", GgmlType.F32, 32, 32),
            "tensor blk.0.attn_k.weight has shape [32, 32], expected [32, 16]"),
        Arguments.of(
            replaced("output_norm.weight", GgmlType.F32, 33),
            "tensor output_norm.weight has shape [33], expected [32]"),
        Arguments.of(
            replaced("token_embd.weight", GgmlType.F32, 32, 319),
            "tensor token_embd.weight has shape [32, 319], expected [32, 320]"),
        Arguments.of(
            llama().tensor("output_norm.weight", GgmlType.F32, new long[] {32}, new float[32]),
            "tensor output_norm.weight appears twice"),
        Arguments.of(
            llama().tensor("blk.0.attn_q_norm.weight", GgmlType.F32, new long[] {1}, new float[1]),
            "tensor blk.0.attn_q_norm.weight is not part of a llama model as known here"),
        Arguments.of(
            llama().withoutTensor("output.weight").rawTensor("output.weight", 77, dims(32), one()),
            "tensor output.weight has the unknown type number 77"),
        Arguments.of(
            llama().withoutTensor("output.weight").rawTensor("output.weight", 19, dims(256), one()),
            "tensor output.weight has type IQ1_S, which is not supported; supported are [F32, F16,"
                + " Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K, BF16]"),
        Arguments.of(
            llama().rawTensor("x", 8, dims(33), one()),
            "tensor x has rows of 33 elements, type Q8_0 needs a multiple of 32"),
        Arguments.of(
            llama().rawTensor("x", 0, dims(4, 0), one()),
            "tensor x has the impossible shape [4, 0]"),
        Arguments.of(
            llama().rawTensor("x", 0, dims(1 << 30, 1 << 30, 1 << 30), one()),
            "tensor x has the impossible shape [1073741824, 1073741824, 1073741824]"),
        Arguments.of(
            llama().rawTensor("x", 0, dims(-4), one()), "tensor x has the impossible shape [-4]"),
        Arguments.of(
            llama().rawTensor("x", 0, dims(1, 1, 1, 1, 1), one()),
            "tensor x has 5 dimensions, must be 1 to 4"),
        Arguments.of(
            llama().offset("output.weight", 4),
            "offset of tensor output.weight is 4, must be a multiple of the alignment 32"),
        Arguments.of(
            llama().offset("output.weight", 32),
            "tensors token_embd.weight and output.weight overlap"),
        Arguments.of(
            llama().offset("output.weight", -32),
            "offset of tensor output.weight is 18446744073709551584, must be a multiple of the"
                + " alignment 32"),
        Arguments.of(
            TinyModel.llama(1)
                .ropeFactors()
                .gguf()
                .withoutTensor("rope_freqs.weight")
                .tensor("rope_freqs.weight", GgmlType.F32, dims(4), new float[4]),
            "tensor rope_freqs.weight holds 0.0, must be finite and above 0"));
  }

  @ParameterizedTest
  @MethodSource
  void tensors(GgufBuilder file, String problem) {
    assertRefused(file, problem);
  }

  @Test
  void tensorBehindTheEndOfTheFile() {
    assertThatThrownBy(() -> ModelFile.open(write(llama().offset("output.weight", 1L << 40))))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(
            "truncated: tensor output.weight needs 40960 bytes at offset 1099511");
  }

  @Test
  void oddButAllowedAlignments() {
    for (int alignment : new int[] {1, 8, 4096}) {
      try (ModelFile model = ModelFile.open(write(llama().alignment(alignment)))) {
        assertThat(model.tensor("output_norm.weight").data().byteSize()).isEqualTo(128);
      }
    }
  }

  private static GgufBuilder llama() {
    return TinyModel.llama(1).gguf();
  }

  private static GgufBuilder replaced(String key, int value) {
    return llama().without(key).u32(key, value);
  }

  private static GgufBuilder replaced(String name, GgmlType type, int... dims) {
    int elements = 1;
    long[] sizes = new long[dims.length];
    for (int i = 0; i < dims.length; i++) {
      elements *= dims[i];
      sizes[i] = dims[i];
    }
    return llama().withoutTensor(name).tensor(name, type, sizes, new float[elements]);
  }

  private static long[] dims(long... dims) {
    return dims;
  }

  private static byte[] one() {
    return new byte[4];
  }

  private Path write(GgufBuilder builder) {
    return builder.write(folder.resolve("model.gguf"));
  }

  private void assertRefused(GgufBuilder builder, String problem) {
    assertRefused(write(builder), problem);
  }

  private static void assertRefused(Path file, String problem) {
    assertThatThrownBy(() -> ModelFile.open(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(file + ": " + problem);
  }
}
